"""One moderator's browser: claims and decides over one kept connection, or hangs up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus

from detector.reasons import Reason
from tests.wire import Answer, Wire

_TAKEN = {Reason.LEASE_LOST, Reason.ALREADY_DECIDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An item that a claim gave, and under which lease."""

    item: str
    lease_number: int


class Moderator:
    """A session at the review API.

    Args:
        port: the hook's.
        token: the moderator's.
    """

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token
        self._wire: Wire | None = None
        self._turn = asyncio.Lock()

    async def claim(self) -> Held | None:
        """The most urgent item; None where nothing waits."""
        answer = await self._post("claim")
        if answer.status is HTTPStatus.NOT_FOUND:
            assert _reason(answer) is Reason.QUEUE_EMPTY, answer
            return None
        assert answer.status is HTTPStatus.OK, answer
        case = json.loads(answer.body)
        return Held(item=case["id"], lease_number=case["lease_number"])

    async def decide(self, held: Held, choice: str) -> bool:
        """Decide an item; False where someone else has it by now or has decided it."""
        body = {"lease_number": held.lease_number, "decision": choice}
        answer = await self._post(f"items/{held.item}/decide", json.dumps(body).encode())
        if answer.status is HTTPStatus.CONFLICT:
            assert _reason(answer) in _TAKEN, answer
            return False
        assert answer.status is HTTPStatus.OK, answer
        return True

    async def hang_up(self) -> None:
        """Close the connection once no answer is awaited; the next request opens another."""
        async with self._turn:
            if self._wire is not None:
                self._wire.close()
            self._wire = None

    async def _post(self, path: str, body: bytes = b"") -> Answer:
        async with self._turn:
            if self._wire is None:
                self._wire = await Wire.open(self._port)
            return await self._wire.post(f"/v1/review/{path}", self._token, body)


def _reason(answer: Answer) -> Reason:
    return Reason(json.loads(answer.body)["reason"])
