"""The one guard of guarded routes: who asks, and whether their role may.

A router takes it as a dependency of all its routes; a route that needs the name asks for ``actor_of``.
"""

from __future__ import annotations

import hmac

from fastapi import Request
from sqlalchemy.orm import Session, sessionmaker

from db.models.accounts import Role
from detector.reasons import Fault, Reason, Rejected
from worker.access import tokens
from worker.access.actor import Actor
from worker.access.permissions import ROUTES, Permission, may
from worker.settings import Settings


class Guard:
    """Lets a request pass whose bearer token has the permission that the route needs.

    Args:
        settings: with the moderators' tokens that need no account.
        sessions: makes a session for each request.
    """

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        named = settings.moderator_tokens.items()
        self._named = [(name, token.get_secret_value().encode()) for name, token in named]
        self._sessions = sessions

    def __call__(self, request: Request) -> Actor:
        """Who asks.

        Raises:
            Rejected: ``bad_signature``: no valid token; ``forbidden``: the role lacks the permission.
            Fault: ``internal_error``: the route is not in the table of permissions.
        """
        permission = self.permission_for(request.method, request.scope["route"].path)
        actor = self._bearer(request)
        if not may(actor.role, permission):
            raise Rejected(
                Reason.FORBIDDEN, f"the role {actor.role} has no permission {permission}; see docs/access.md"
            )
        request.state.actor = actor
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

    def _bearer(self, request: Request) -> Actor:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        offered = given.strip()
        actor = None
        if scheme.lower() == "bearer" and offered:
            actor = self._of_setting(offered) or self._of_account(offered)
        if actor is None:
            raise Rejected(
                Reason.BAD_SIGNATURE,
                "this needs a valid bearer token, of `artgate tokens add` or ARTGATE_MODERATOR_TOKENS",
            )
        return actor

    def _of_setting(self, offered: str) -> Actor | None:
        """Every token is compared, in constant time, so that the delay tells nothing of any of them."""
        raw = offered.encode()
        names = [name for name, token in self._named if hmac.compare_digest(token, raw)]
        return Actor(name=names[0], role=Role.MODERATOR, account_id=None) if names else None

    def _of_account(self, offered: str) -> Actor | None:
        if not offered.startswith(tokens.PREFIX):
            return None
        with self._sessions.begin() as session:
            return tokens.recognise(session, offered)


def actor_of(request: Request) -> Actor:
    """A dependency of guarded routes: the one whom the guard let pass."""
    actor: Actor = request.state.actor
    return actor


def name_of(request: Request) -> str:
    """A dependency of guarded routes: the name that the work stands under."""
    return actor_of(request).name
