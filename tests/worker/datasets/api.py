"""An image API in CivitAI's form: a real server of this process, as patient or impatient as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.worker.datasets.sets import picture


@dataclass(slots=True)
class ImagesApi:
    """What it has, what it was asked, and how it answers."""

    url: str
    """Of the list."""
    count: int
    requests: list[str] = field(default_factory=list)
    """Paths with their parameters, in order."""
    refuse: Callable[[str], tuple[int, dict[str, str]] | None] = lambda _: None
    """Status and headers instead of an answer, by path."""

    def manifest(self, **others: object) -> str:
        """A manifest of this one source; as YAML takes JSON."""
        source = {
            "name": "api",
            "kind": "images_api",
            "url": self.url,
            "label": "ai",
            "page_size": 3,
            "per_second": 20,
        }
        return json.dumps({"title": "an API", "sources": [source | others]})

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body of a request."""
        parts = urlsplit(path)
        if parts.path.startswith("/pictures/"):
            return 200, picture(int(parts.path.rpartition("/")[2]))
        asked = parse_qs(parts.query)
        first, size = int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0])
        page: dict[str, Any] = {"items": [self._item(number) for number in range(first, self.count)][:size]}
        following = first + size
        if following < self.count:
            page["metadata"] = {"nextCursor": str(following), "nextPage": self._page(following, size)}
        return 200, json.dumps(page).encode()

    def _item(self, number: int) -> dict[str, Any]:
        server = self.url.partition("/api")[0]
        base = ("Pony", "Flux.1 D")[number % 2]
        return {
            "id": number,
            "url": f"{server}/pictures/{number}",
            "baseModel": base,
            "createdAt": "2026-01-02",
        }

    def _page(self, cursor: int, size: int) -> str:
        return f"{self.url}?limit={size}&sort=Newest&cursor={cursor}"


@contextmanager
def images_api(count: int) -> Iterator[ImagesApi]:
    """An API with so many pictures."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            told.requests.append(self.path)
            refusal = told.refuse(self.path)
            status, headers = refusal or (200, {})
            body = b""
            if refusal is None:
                status, body = told.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        told = ImagesApi(f"http://127.0.0.1:{server.server_address[1]}/api/v1/images", count)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield told
        server.shutdown()
