"""Signing in with a password, signing out, and the theme, which needs no account."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from detector.reasons import Rejected
from worker.access import sessions
from worker.access.browser import address_of, refuse_other_sites
from worker.console.console import THEME_SECONDS, THEMES, Console, own_path, to
from worker.console.problems import SIGN_IN
from worker.hook.problems import status_of

Typed = Annotated[str, Form(max_length=1024)]


def router_for(console: Console) -> APIRouter:
    """The routes of who is not signed in yet, and the one that signs out."""
    router = APIRouter(prefix="/console")
    guarded = APIRouter(prefix="/console", dependencies=[Depends(console.guard)])
    _add_sign_in(router, console)
    _add_theme(router, console)
    _add_sign_out(guarded, console)
    both = APIRouter()
    both.include_router(router)
    both.include_router(guarded)
    return both


def _add_sign_in(router: APIRouter, console: Console) -> None:
    @router.get("/sign-in")
    def page(request: Request, then: str | None = None) -> Response:
        """The form."""
        return _form(console, request, then=then)

    @router.post("/sign-in", dependencies=[Depends(refuse_other_sites)])
    def sign_in(
        request: Request,
        name: Typed = "",
        password: Typed = "",
        then: Typed = "",
    ) -> Response:
        """Begin a session, or show the form once more with what was wrong."""
        old = console.cookie.read(request)
        try:
            made = console.sign_in.with_password(name, password, address_of(request), old)
        except Rejected as refusal:
            return _form(console, request, status_of(refusal), name, refusal.message, then=then)
        answer = to(own_path(then))
        console.keep(made, request, answer)
        return answer


def _form(
    console: Console,
    request: Request,
    status: int = 200,
    name: str = "",
    refusal: str | None = None,
    *,
    then: str | None,
) -> Response:
    return console.page(
        request,
        "sign_in.html",
        status=status,
        name=name,
        refusal=refusal,
        then=own_path(then),
        with_provider=console.settings.oidc_issuer is not None,
    )


def _add_theme(router: APIRouter, console: Console) -> None:
    @router.post("/theme", dependencies=[Depends(refuse_other_sites)])
    def theme(
        request: Request, chosen: Annotated[str, Form(alias="theme")] = THEMES[0], then: Typed = ""
    ) -> Response:
        """Keep the chosen theme in this browser."""
        answer = to(own_path(then))
        console.theme.put(answer, request, chosen if chosen in THEMES else THEMES[0], THEME_SECONDS)
        return answer


def _add_sign_out(router: APIRouter, console: Console) -> None:
    @router.post("/sign-out")
    def sign_out(request: Request) -> RedirectResponse:
        """End this session."""
        secret = console.cookie.read(request)
        if secret is not None:
            with console.makes.begin() as session:
                sessions.end(session, secret)
        answer = to(SIGN_IN, "signed-out")
        console.cookie.drop(answer, request)
        return answer
