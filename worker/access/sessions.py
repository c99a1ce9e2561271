"""Sessions of browsers: begun, recognised, rotated and ended, in the caller's transaction.

A cookie holds a random secret; PostgreSQL has its sha256. The token against forged requests is derived from
that secret, so it belongs to one session, changes with each rotation and is stored nowhere.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.accounts import Role
from db.queries import browser_sessions, second_factors
from db.queries.accounts import StoredAccount
from worker.access.actor import Actor
from worker.access.second_factor import OBLIGATORY
from worker.access.secret import digest, new_secret
from worker.clock import new_id
from worker.settings import Settings

_PENDING_SECONDS = 600
"""How long one may look for one's authenticator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session at the one moment at which its secret is known."""

    secret: str
    """What the cookie says."""

    @property
    def csrf_token(self) -> str:
        """What every unsafe request of this session carries besides the cookie."""
        return csrf_token(self.secret)


def begin(
    session: Session, account: StoredAccount, settings: Settings, *, second_factor: bool, old: str | None
) -> NewSession:
    """A session for an account that showed its password, or came from the identity provider.

    Args:
        session: of the caller's transaction.
        account: whose it is.
        settings: how long it may last.
        second_factor: one was shown already.
        old: what the browser's cookie said before: that session ends.
    """
    if old is not None:
        browser_sessions.close(session, digest(old))
    authenticator = second_factors.of_account(session, account.id)
    enrolled = authenticator is not None and authenticator.confirmed
    pending = not second_factor and _needs(account.role, enrolled=enrolled)
    made = NewSession(secret=new_secret())
    browser_sessions.open_(
        session,
        new_id(),
        account.id,
        digest=digest(made.secret),
        second_factor=second_factor,
        lifetime=min(settings.session_lifetime, _PENDING_SECONDS) if pending else settings.session_lifetime,
    )
    return made


def recognise(session: Session, secret: str, settings: Settings) -> Actor | None:
    """Who acts in this session; None where it is unknown or over, or its account is disabled."""
    found = browser_sessions.find(session, digest(secret), idle=settings.session_idle)
    if found is None:
        return None
    return Actor(
        name=found.name,
        role=found.role,
        account_id=found.account_id,
        session_id=found.id,
        pending=not found.second_factor and _needs(found.role, enrolled=found.enrolled),
    )


def rotate(session: Session, session_id: UUID, settings: Settings, *, second_factor: bool) -> NewSession:
    """Another secret for the same session, as what it may do changes; the one before is worth nothing."""
    made = NewSession(secret=new_secret())
    browser_sessions.rotate(
        session,
        session_id,
        digest=digest(made.secret),
        second_factor=second_factor,
        lifetime=settings.session_lifetime,
    )
    return made


def end(session: Session, secret: str) -> None:
    """End the session of this secret, if there is one."""
    browser_sessions.close(session, digest(secret))


def csrf_token(secret: str) -> str:
    """The token of the session of this secret, which can't be reckoned back."""
    return urlsafe_b64encode(hmac.digest(secret.encode(), b"csrf", "sha256")).decode().rstrip("=")


def csrf_matches(secret: str, offered: str) -> bool:
    """Whether a token is that of the session; compared in constant time."""
    return hmac.compare_digest(csrf_token(secret).encode(), offered.encode())


def _needs(role: Role, *, enrolled: bool) -> bool:
    """Whether the account's password alone is not enough."""
    return enrolled or role in OBLIGATORY
