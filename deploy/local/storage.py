"""How a client reaches an S3 server, and what the launchers of such servers share."""

from __future__ import annotations

import http.client
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Address and keys of an S3 server."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"


def answers(port: int, path: str, *, expected: int = 200) -> bool:
    """Whether the server on `port` of 127.0.0.1 answers a GET of `path` with the status `expected`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == expected
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
