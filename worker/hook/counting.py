"""Counts every request by route and status, and the time that it took."""

from __future__ import annotations

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.monitoring.metrics import HookMetrics

_UNKNOWN = "other"
"""In place of a path that no route has: anyone can ask for any."""
_BROKEN_OFF = 499
"""Where the sender went before there was an answer."""


class Counting:
    """ASGI middleware, outside all others."""

    def __init__(self, app: ASGIApp, *, metrics: HookMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count it once it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), _BROKEN_OFF

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.answered(_route(scope), status, time.perf_counter() - begun)


def _route(scope: Scope) -> str:
    """The route's own path, with its parameters' names in place of what was asked for."""
    route: Any = scope.get("route")  # FastAPI's routes leave themselves here, plain ones only their function
    if route is not None:
        return str(route.path)
    plain = "endpoint" in scope and not scope["path_params"]
    return str(scope["path"]) if plain else _UNKNOWN
