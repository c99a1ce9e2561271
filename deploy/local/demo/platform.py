"""The demo's stand-in for the platform: receives the webhook and writes down what it was told."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from detector.reasons import Rejected
from worker.clock import unix_now
from worker.signature import SIGNATURE_HEADER, verify


class Platform:
    """A receiver of signed webhooks on a free port of 127.0.0.1.

    Args:
        told: file that gets each accepted body as one line.
        secret: what deliveries must be signed with; others are answered with 401.
    """

    def __init__(self, told: Path, secret: str) -> None:
        lock = threading.Lock()

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not _signed(self.headers.get(SIGNATURE_HEADER), body, secret):
                    self._answer(401)
                    return
                with lock, told.open("ab") as file:
                    file.write(body.replace(b"\n", b" ") + b"\n")
                self._answer(204)

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where deliveries go."""
        return f"http://127.0.0.1:{self._server.server_port}/artgate"

    def stop(self) -> None:
        """Receive no more."""
        self._server.shutdown()
        self._server.server_close()


def _signed(header: str | None, body: bytes, secret: str) -> bool:
    try:
        verify(header, body, [secret], unix_now())
    except Rejected:
        return False
    return True


def await_told(told: Path, expected: int, seconds: float) -> int:
    """Wait until `told` has as many lines as `expected`, or `seconds` are over; says how many it has."""
    deadline = time.monotonic() + seconds
    while (count := _lines(told)) < expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return count


def _lines(path: Path) -> int:
    return len(path.read_bytes().splitlines()) if path.exists() else 0
