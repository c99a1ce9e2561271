"""The one guard of guarded routes: who asks, and whether their role may.

A router takes it as a dependency of all its routes; a route that needs the name asks for ``name_of``.
Programs come with a bearer token, browsers with a session's cookie, and with unsafe methods also with the
session's token against forged requests.
"""

from __future__ import annotations

import hmac

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session, sessionmaker

from db.models.accounts import Role
from detector.reasons import Fault, Reason, Rejected
from worker.access import sessions, tokens
from worker.access.actor import Actor
from worker.access.browser import (
    CSRF_FIELD,
    CSRF_HEADER,
    SAFE_METHODS,
    refuse_other_sites,
    session_cookie,
)
from worker.access.permissions import ROUTES, WHILE_PENDING, Permission, check, may
from worker.settings import Settings

_PLATFORM = "platform"
"""What a token of ``ARTGATE_HOOK_TOKENS`` stands for."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Guard:
    """Lets a request pass whose token or session has the permission that the route needs.

    Args:
        settings: with the moderators' and the platform's tokens that need no account.
        makes: makes a session of the database for each request.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        known = [(_PLATFORM, Role.SERVICE, token) for token in settings.hook_tokens]
        known += [(name, Role.MODERATOR, token) for name, token in settings.moderator_tokens.items()]
        self._known = [(name, role, token.get_secret_value().encode()) for name, role, token in known]
        self._settings = settings
        self._makes = makes
        self._cookie = session_cookie(settings)

    async def __call__(self, request: Request) -> Actor:
        """Who asks.

        Raises:
            Rejected: ``bad_signature``: neither a valid token nor a session; ``session_ended``;
                ``csrf_refused``; ``second_factor_needed``; ``forbidden``: the role lacks the permission.
            Fault: ``internal_error``: the route is not in the table of permissions.
        """
        permission = self.permission_for(request.method, request.scope["route"].path)
        actor = await self._asking(request)
        request.state.actor = actor  # a page that says why it is refused also says to whom
        check(actor.role, permission)
        if actor.pending and permission not in WHILE_PENDING:
            raise Rejected(
                Reason.SECOND_FACTOR_NEEDED, "give the code of your authenticator first, or enrol one"
            )
        return actor

    @staticmethod
    def permission_for(method: str, path: str) -> Permission:
        """What a route needs, by its path as the router declares it.

        Raises:
            Fault: ``internal_error``: the table does not say.
        """
        permission = ROUTES.get((method, path))
        if permission is None:
            raise Fault(
                Reason.INTERNAL_ERROR, f"{method} {path} is not in worker/access/permissions.py: add it there"
            )
        return permission

    async def _asking(self, request: Request) -> Actor:
        authorization = request.headers.get("authorization")
        secret = self._cookie.read(request)
        if authorization is None and secret is not None:
            return await self._in_session(request, secret)
        scheme, _, given = (authorization or "").partition(" ")
        offered = given.strip()
        actor = None
        if scheme.lower() == "bearer" and offered:
            actor = self._of_setting(offered) or await self._of_account(offered)
        if actor is None:
            raise Rejected(
                Reason.BAD_SIGNATURE,
                "this needs a browser that is signed in, or a valid bearer token (`artgate tokens add`)",
            )
        return actor

    async def _in_session(self, request: Request, secret: str) -> Actor:
        actor = await run_in_threadpool(self._recognise, secret)
        if actor is None:
            raise Rejected(Reason.SESSION_ENDED, "you are not signed in any more; sign in again")
        if request.method not in SAFE_METHODS:
            refuse_other_sites(request)
            if not sessions.csrf_matches(secret, await _csrf_offered(request)):
                raise Rejected(
                    Reason.CSRF_REFUSED, "the request lacks this session's token; load the page again"
                )
        return actor

    def _recognise(self, secret: str) -> Actor | None:
        with self._makes.begin() as session:
            return sessions.recognise(session, secret, self._settings)

    def _of_setting(self, offered: str) -> Actor | None:
        """Every token is compared, in constant time, so that the delay tells nothing of any of them."""
        raw = offered.encode()
        found = [(name, role) for name, role, token in self._known if hmac.compare_digest(token, raw)]
        return Actor(name=found[0][0], role=found[0][1], account_id=None) if found else None

    async def _of_account(self, offered: str) -> Actor | None:
        return await run_in_threadpool(self._holder, offered) if offered.startswith(tokens.PREFIX) else None

    def _holder(self, offered: str) -> Actor | None:
        with self._makes.begin() as session:
            return tokens.recognise(session, offered)


def actor_of(request: Request) -> Actor:
    """A dependency of guarded routes: the one whom the guard let pass."""
    actor: Actor = request.state.actor
    return actor


def name_of(request: Request) -> str:
    """A dependency of guarded routes: the name that the work stands under."""
    return actor_of(request).name


def decider_of(request: Request) -> str | None:
    """A dependency of guarded routes: the name of one who may decide items; None for who only looks."""
    actor = actor_of(request)
    return actor.name if may(actor.role, Permission.WORK_QUEUE) else None


async def _csrf_offered(request: Request) -> str:
    """The token in the header, or in the field of a form."""
    offered = request.headers.get(CSRF_HEADER)
    if offered is None and request.headers.get("content-type", "").startswith(_FORMS):
        field = (await request.form()).get(CSRF_FIELD)
        offered = field if isinstance(field, str) else None
    return offered or ""
