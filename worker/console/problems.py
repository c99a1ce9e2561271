"""Errors as pages in plain words for browsers; scripts get the problem documents of the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response

from detector.reasons import Reason
from worker.console.console import HOME, Console, own_path, to
from worker.hook.problems import HANDLERS

SIGN_IN = "/console/sign-in"
SECOND_FACTOR = "/console/second-factor"
_SIGNED_OUT = frozenset({Reason.BAD_SIGNATURE, Reason.SESSION_ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a page says of an error, besides its own sentence."""

    title: str
    then: str


_UNFORESEEN = Words(
    title="Something went wrong", then="Nothing was changed. Try again; if it stays so, tell an operator."
)
_BY_REASON = {
    Reason.FORBIDDEN: Words(
        title="Your role may not do this", then="If you need it for your work, ask an administrator."
    ),
    Reason.NOT_FOUND: Words(title="There is no such page or item", then="Go back to the queue."),
    Reason.LEASE_LOST: Words(
        title="This item is not yours any more",
        then="Your claim ran out or the item was released. Nothing of yours was recorded. Take another item.",
    ),
    Reason.ALREADY_CLAIMED: Words(
        title="A colleague has this item", then="Take another one; it comes back if they release it."
    ),
    Reason.ALREADY_DECIDED: Words(title="This item is decided", then="Take another one."),
    Reason.WITHDRAWN: Words(title="This item needs no decision any more", then="Take another one."),
    Reason.UNDO_OVER: Words(
        title="It is too late to undo this", then="If the decision is wrong, tell a senior."
    ),
    Reason.RESERVED: Words(title="This item is kept for someone", then="Take another one."),
    Reason.CONFLICT_OF_INTEREST: Words(
        title="This item is a matter of your own", then="A colleague will look at it. Take another one."
    ),
    Reason.NOT_QUALIFIED: Words(
        title="This item is not for you", then="Its queue asks for a skill or a language. Take another one."
    ),
    Reason.CSRF_REFUSED: Words(
        title="This form is out of date", then="Go back, load the page again and send it once more."
    ),
    Reason.BAD_REQUEST: Words(
        title="Something in the form is missing or wrong", then="Go back, correct it and send it again."
    ),
    Reason.DATABASE_UNAVAILABLE: Words(
        title="The database does not answer", then="Nothing was recorded. Try again in a moment."
    ),
}


def add_handlers(app: FastAPI, console: Console) -> None:
    """Answer browsers with pages, and everyone else as the hook does."""
    for kind, answer in HANDLERS.items():
        app.add_exception_handler(kind, _Handler(console, answer))


class _Handler:
    """Makes a page of a problem document where a browser asked.

    Args:
        console: makes the page.
        answer: the hook's handler of this kind of error.
    """

    def __init__(self, console: Console, answer: Callable[[Request, Exception], JSONResponse]) -> None:
        self._console = console
        self._answer = answer

    def __call__(self, request: Request, error: Exception) -> Response:
        """The page, the way to sign in, or the document."""
        document = self._answer(request, error)
        if not _is_browser(request):
            return document
        told = json.loads(bytes(document.body))
        reason = Reason(told["reason"])
        if reason in _SIGNED_OUT and request.url.path.startswith(HOME):
            return _to_sign_in(request, ended=reason is Reason.SESSION_ENDED)
        if reason is Reason.SECOND_FACTOR_NEEDED:
            return to(SECOND_FACTOR)
        words = _BY_REASON.get(reason, _UNFORESEEN)
        page = self._console.page(
            request, "problem.html", status=document.status_code, words=words, told=told
        )
        if wait := document.headers.get("retry-after"):
            page.headers["Retry-After"] = wait
        return page


def _is_browser(request: Request) -> bool:
    wants_page = "text/html" in request.headers.get("accept", "")
    return wants_page or (request.url.path.startswith(HOME) and "authorization" not in request.headers)


def _to_sign_in(request: Request, *, ended: bool) -> RedirectResponse:
    """To the sign-in page, and afterwards to the page that was asked for."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = own_path(wanted) if request.method == "GET" else HOME
    said = "session-ended" if ended else None
    return to(SIGN_IN if back == HOME else f"{SIGN_IN}?then={quote(back, safe='/')}", said)
