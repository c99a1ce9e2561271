"""Bodies are read no further than is allowed, on every route and whatever the headers say."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """ASGI middleware: refuses by the header where it tells, else while the body comes in."""

    def __init__(self, app: ASGIApp, *, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with a body that ends or breaks off at the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = 0

        async def limited() -> Message:
            nonlocal length
            if length == 0 and _announced(scope) > self._largest:
                raise self._too_large()
            message = await receive()
            length += len(message.get("body", b""))
            if length > self._largest:
                raise self._too_large()
            return message

        await self._app(scope, limited, send)

    def _too_large(self) -> HTTPException:
        """Of a kind that FastAPI lets through while it reads a body."""
        return HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is larger than {self._largest} bytes; send smaller batches",
            headers={"Connection": "close"},  # the rest of the body is not read
        )


def _announced(scope: Scope) -> int:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    value = next((value for name, value in headers if name == b"content-length"), b"")
    return int(value[:19]) if value.isdigit() else 0
