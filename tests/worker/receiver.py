"""A platform's webhook: a real HTTP server that keeps what it gets and answers as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    """What it was answered."""

    @property
    def json(self) -> dict[str, Any]:
        """The body."""
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass(slots=True)
class Receiver:
    """Requests so far, and what the next ones are answered."""

    url: str
    answer: Callable[[dict[str, Any]], int] = lambda _: 200
    requests: list[Received] = field(default_factory=list)

    @property
    def taken(self) -> list[Received]:
        """Requests that were answered with success."""
        return [request for request in self.requests if request.status == 200]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that says 200 until told otherwise."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name that http.server calls
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = told.answer(json.loads(body))
            with lock:
                told.requests.append(
                    Received(path=self.path, headers=dict(self.headers), body=body, status=status)
                )
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{told.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        told = Receiver(f"http://127.0.0.1:{server.server_address[1]}/")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()
