"""HTTP as loads speak it: one kept connection, and as little of the protocol as the hook's answers need.

A client that does all of it costs as much processor time as the hook that it is to measure.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status and body of one answer."""

    status: HTTPStatus
    body: bytes


class Wire:
    """A connection to the hook; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, token: str, body: bytes = b"") -> Answer:
        """One request, with a bearer token and JSON, and its answer."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        length = next(line.partition(":")[2] for line in answer if line.startswith("content-length:"))
        content = await self._reader.readexactly(int(length))
        return Answer(status=HTTPStatus(int(answer[0].split()[1])), body=content)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
