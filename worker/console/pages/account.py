"""One's own account: password and sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from db.models.preferences import Blur
from db.queries import browser_sessions, preferences, second_factors
from db.queries.accounts import get
from db.queries.preferences import Wishes
from detector.reasons import Rejected
from worker.access.actor import Actor
from worker.access.browser import address_of
from worker.access.guard import actor_of
from worker.access.sign_in import ids_of
from worker.console.console import Console, to
from worker.console.problems import SIGN_IN
from worker.hook.problems import status_of

Typed = Annotated[str, Form(max_length=1024)]
Asking = Annotated[Actor, Depends(actor_of)]
ACCOUNT = "/console/account"


def router_for(console: Console) -> APIRouter:
    """The routes below ``/console/account``."""
    router = APIRouter(prefix=ACCOUNT, dependencies=[Depends(console.guard)])

    @router.get("")
    def page(request: Request, actor: Asking) -> Response:
        """The page."""
        return _page(console, request, actor)

    @router.post("/preferences")
    def wishes(
        *,
        actor: Asking,
        blur: Annotated[Blur, Form()] = Blur.FLAGGED,
        greyscale: Annotated[bool, Form()] = False,
        takes_next: Annotated[bool, Form()] = False,
        single_keys: Annotated[bool, Form()] = False,
        break_minutes: Annotated[int, Form(ge=0, le=240)] = 0,
    ) -> Response:
        """Keep how the console shall be for this account; a box that is not ticked is not sent."""
        chosen = Wishes(
            blur=blur,
            greyscale=greyscale,
            takes_next=takes_next,
            single_keys=single_keys,
            break_minutes=break_minutes,
        )
        with console.makes.begin() as session:
            preferences.keep(session, ids_of(actor)[0], chosen)
        return to(ACCOUNT, "preferences")

    @router.post("/password")
    def password(
        request: Request, actor: Asking, old: Typed = "", new: Typed = "", again: Typed = ""
    ) -> Response:
        """Change one's password; other sessions end."""
        if new != again:
            return _page(console, request, actor, 422, "The two new passwords differ; type them again.")
        try:
            made = console.sign_in.change_password(actor, old, new, address_of(request))
        except Rejected as refusal:
            return _page(console, request, actor, status_of(refusal), refusal.message)
        answer = to(ACCOUNT, "password")
        console.keep(made, request, answer)
        return answer

    @router.post("/sign-out-everywhere")
    def everywhere(request: Request, actor: Asking) -> Response:
        """End all sessions of the account, this one too."""
        with console.makes.begin() as session:
            browser_sessions.close_all(session, ids_of(actor)[0])
        answer = to(SIGN_IN, "signed-out-everywhere")
        console.cookie.drop(answer, request)
        return answer

    return router


def _page(
    console: Console, request: Request, actor: Actor, status: int = 200, refusal: str | None = None
) -> Response:
    account_id, _ = ids_of(actor)
    with console.makes() as session:
        account, factor = get(session, account_id), second_factors.of_account(session, account_id)
    has_password = account is not None and account.password_hash is not None
    enrolled = factor is not None and factor.confirmed
    facts = {"has_password": has_password, "enrolled": enrolled, "refusal": refusal}
    return console.page(request, "account.html", status=status, **facts)
