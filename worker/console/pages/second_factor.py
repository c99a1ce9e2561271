"""Giving the second factor, and enrolling one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from db.queries import second_factors
from detector.reasons import Rejected
from worker.access import second_factor
from worker.access.actor import Actor
from worker.access.browser import address_of
from worker.access.guard import actor_of
from worker.access.sign_in import ids_of
from worker.console.console import HOME, Console, to
from worker.console.problems import SECOND_FACTOR
from worker.hook.problems import status_of

Code = Annotated[str, Form(max_length=100)]
Asking = Annotated[Actor, Depends(actor_of)]


def router_for(console: Console) -> APIRouter:
    """The routes below ``/console/second-factor``."""
    router = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])
    _add_giving(router, console)
    _add_enrolling(router, console)
    return router


def _add_giving(router: APIRouter, console: Console) -> None:
    @router.get("/second-factor")
    def page(request: Request, actor: Asking) -> Response:
        """What is to be done next: give a code, enrol, or nothing."""
        return _page(console, request, actor)

    @router.post("/second-factor")
    def give(request: Request, actor: Asking, code: Code = "") -> Response:
        """Take a code; the session is rotated."""
        try:
            made = console.sign_in.with_code(actor, code, address_of(request))
        except Rejected as refusal:
            return _page(console, request, actor, refusal)
        answer = to(HOME)
        console.keep(made, request, answer)
        return answer


def _add_enrolling(router: APIRouter, console: Console) -> None:
    @router.post("/second-factor/enrol")
    def enrol(actor: Asking) -> Response:
        """Make a secret for an authenticator; ``confirm`` makes it count."""
        with console.makes.begin() as session:
            second_factor.offer(session, ids_of(actor)[0], actor.name)
        return to(SECOND_FACTOR)

    @router.post("/second-factor/confirm")
    def confirm(request: Request, actor: Asking, code: Code = "") -> Response:
        """Take the authenticator's first code, and show the recovery codes this once."""
        try:
            made, codes = console.sign_in.confirm(actor, code, address_of(request))
        except Rejected as refusal:
            return _page(console, request, actor, refusal)
        answer = console.page(request, "recovery_codes.html", codes=codes, csrf_token=made.csrf_token)
        console.keep(made, request, answer)
        return answer


def _page(console: Console, request: Request, actor: Actor, refusal: Rejected | None = None) -> Response:
    with console.makes() as session:
        facts = _standing(session, actor)
    status = 200 if refusal is None else status_of(refusal)
    said = None if refusal is None else refusal.message
    return console.page(request, "second_factor.html", status=status, refusal=said, **facts)


def _standing(session: Session, actor: Actor) -> dict[str, object]:
    account_id, _ = ids_of(actor)
    found = second_factors.of_account(session, account_id)
    return {
        "enrolled": found is not None and found.confirmed,
        "offer": second_factor.offered(session, account_id, actor.name),
    }
