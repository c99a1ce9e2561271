"""Signing in and out over HTTP; consoles are built on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from db.models.accounts import Role
from db.queries import browser_sessions
from detector.reasons import Reason, Rejected
from worker.access import second_factor, sessions
from worker.access.actor import Actor
from worker.access.browser import Cookie, address_of, refuse_other_sites, session_cookie
from worker.access.guard import Guard, actor_of
from worker.access.sessions import NewSession
from worker.access.sign_in import SignIn, ids_of
from worker.settings import Settings

Typed = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\x00]*$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInBody(_Body):
    """Name and password."""

    name: Typed
    password: Typed


class CodeBody(_Body):
    """A code of the authenticator, or a recovery code."""

    code: Typed


class PasswordBody(_Body):
    """The password as it is and as it is to be."""

    old: Typed
    new: Typed


class MeView(BaseModel):
    """Who asks, and what they need to go on."""

    name: str
    role: Role
    second_factor_needed: bool
    """Until it is given, nothing else is allowed."""
    csrf_token: str | None
    """For the header ``X-CSRF-Token`` of unsafe requests; null for a token, which needs none."""


class OfferView(BaseModel):
    """What an authenticator is told."""

    secret: str
    uri: str


class RecoveryView(BaseModel):
    """Recovery codes, shown once, and the token of the rotated session."""

    recovery_codes: list[str]
    csrf_token: str


class EndedView(BaseModel):
    """How many sessions have ended."""

    ended: int


class _Desk:
    """What the routes share."""

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        self.settings = settings
        self.makes = makes
        self.sign_in = SignIn(settings, makes)
        self.cookie: Cookie = session_cookie(settings)

    def keep(self, made: NewSession, request: Request, response: Response) -> MeView:
        """Give the browser its session's cookie; says who is signed in."""
        self.cookie.put(response, request, made.secret, self.settings.session_lifetime)
        with self.makes.begin() as session:
            actor = sessions.recognise(session, made.secret, self.settings)
        if actor is None:
            raise Rejected(Reason.SESSION_ENDED, "the session has ended just now; sign in again")
        return self.view(actor, made.csrf_token)

    @staticmethod
    def view(actor: Actor, csrf_token: str | None) -> MeView:
        """Who is signed in."""
        return MeView(
            name=actor.name, role=actor.role, second_factor_needed=actor.pending, csrf_token=csrf_token
        )


def router_for(settings: Settings, makes: sessionmaker[Session]) -> APIRouter:
    """The routes below ``/v1/access``.

    Args:
        settings: how long sessions last, and where cookies may go.
        makes: makes a session of the database for each request.
    """
    desk = _Desk(settings, makes)
    router = APIRouter(prefix="/v1/access", tags=["access"])
    guarded = APIRouter(prefix="/v1/access", tags=["access"], dependencies=[Depends(Guard(settings, makes))])
    _add_sign_in(router, desk)
    _add_own_session(guarded, desk)
    _add_second_factor(guarded, desk)
    _add_own_account(guarded, desk)
    both = APIRouter()
    both.include_router(router)
    both.include_router(guarded)
    return both


def _add_sign_in(router: APIRouter, desk: _Desk) -> None:
    @router.post("/sign-in", dependencies=[Depends(refuse_other_sites)])
    def sign_in(body: SignInBody, request: Request, response: Response) -> MeView:
        """Begin a session."""
        old = desk.cookie.read(request)
        made = desk.sign_in.with_password(body.name, body.password, address_of(request), old)
        return desk.keep(made, request, response)


def _add_own_session(router: APIRouter, desk: _Desk) -> None:
    @router.get("/me")
    def me(request: Request, actor: Annotated[Actor, Depends(actor_of)]) -> MeView:
        """Who is signed in, or whose token it is."""
        secret = desk.cookie.read(request)
        signed_in = actor.session_id is not None and secret is not None
        return desk.view(actor, sessions.csrf_token(secret) if signed_in and secret else None)

    @router.post("/sign-out", status_code=204)
    def sign_out(request: Request, response: Response) -> None:
        """End this session."""
        secret = desk.cookie.read(request)
        if secret is not None:
            with desk.makes.begin() as session:
                sessions.end(session, secret)
        desk.cookie.drop(response, request)


def _add_second_factor(router: APIRouter, desk: _Desk) -> None:
    @router.post("/second-factor")
    def second(
        body: CodeBody, request: Request, response: Response, actor: Annotated[Actor, Depends(actor_of)]
    ) -> MeView:
        """Give the second factor."""
        made = desk.sign_in.with_code(actor, body.code, address_of(request))
        return desk.keep(made, request, response)

    @router.post("/second-factor/enrol")
    def enrol(actor: Annotated[Actor, Depends(actor_of)]) -> OfferView:
        """A secret for an authenticator; ``confirm`` makes it count."""
        with desk.makes.begin() as session:
            made = second_factor.offer(session, ids_of(actor)[0], actor.name)
        return OfferView(secret=made.secret, uri=made.uri)

    @router.post("/second-factor/confirm")
    def confirm(
        body: CodeBody, request: Request, response: Response, actor: Annotated[Actor, Depends(actor_of)]
    ) -> RecoveryView:
        """Show the authenticator's first code; from then on it is asked for."""
        made, codes = desk.sign_in.confirm(actor, body.code, address_of(request))
        desk.keep(made, request, response)
        return RecoveryView(recovery_codes=codes, csrf_token=made.csrf_token)


def _add_own_account(router: APIRouter, desk: _Desk) -> None:
    @router.post("/password")
    def password(
        body: PasswordBody, request: Request, response: Response, actor: Annotated[Actor, Depends(actor_of)]
    ) -> MeView:
        """Change one's password; other sessions end."""
        made = desk.sign_in.change_password(actor, body.old, body.new, address_of(request))
        return desk.keep(made, request, response)

    @router.post("/sign-out-everywhere")
    def everywhere(
        request: Request, response: Response, actor: Annotated[Actor, Depends(actor_of)]
    ) -> EndedView:
        """End all sessions of the account, this one too."""
        with desk.makes.begin() as session:
            ended = browser_sessions.close_all(session, ids_of(actor)[0])
        desk.cookie.drop(response, request)
        return EndedView(ended=ended)
