"""Sessions of browsers, by the sha256 of what their cookies say."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import Account, BrowserSession, Role, SecondFactor

_COARSE_SECONDS = 60
"""How exactly the last use is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSession:
    """A session that has not ended, and whose it is."""

    id: UUID
    account_id: UUID
    name: str
    role: Role
    second_factor: bool
    """One was shown."""
    enrolled: bool
    """The account has an authenticator."""


def open_(
    session: Session,
    session_id: UUID,
    account_id: UUID,
    *,
    digest: bytes,
    second_factor: bool,
    lifetime: float,
) -> None:
    """Begin a session of ``lifetime`` seconds; the account's sessions that are over are forgotten."""
    over = delete(BrowserSession).where(
        BrowserSession.account_id == account_id, BrowserSession.expires_at <= db_now()
    )
    session.execute(over.execution_options(synchronize_session=False))
    session.execute(
        insert(BrowserSession).values(
            id=session_id,
            account_id=account_id,
            digest=digest,
            second_factor=second_factor,
            expires_at=db_after(lifetime),
        )
    )


def find(session: Session, digest: bytes, *, idle: float) -> LiveSession | None:
    """The session, whose use is noted; None where it is unknown, over, or its account is disabled.

    Args:
        session: of the caller's transaction.
        digest: sha256 of the cookie's value.
        idle: seconds without use after which a session is over.
    """
    row = session.execute(
        select(
            BrowserSession.id,
            BrowserSession.account_id,
            Account.name,
            Account.role,
            BrowserSession.second_factor,
            SecondFactor.confirmed_at.is_not(None).label("enrolled"),
        )
        .join(Account, Account.id == BrowserSession.account_id)
        .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
        .where(
            BrowserSession.digest == digest,
            BrowserSession.expires_at > db_now(),
            BrowserSession.last_seen_at > db_after(-idle),
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found = LiveSession(**row._mapping)
    coarse = min(_COARSE_SECONDS, idle / 10)
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == found.id, BrowserSession.last_seen_at < db_after(-coarse))
        .values(last_seen_at=db_now())
        .execution_options(synchronize_session=False)
    )
    return found


def rotate(
    session: Session, session_id: UUID, *, digest: bytes, second_factor: bool, lifetime: float
) -> None:
    """Give a session another cookie, of which ``digest`` is the sha256: the one before is worth nothing."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.id == session_id)
        .values(
            digest=digest,
            second_factor=BrowserSession.second_factor | literal(second_factor),
            expires_at=db_after(lifetime),
            last_seen_at=db_now(),
        )
        .execution_options(synchronize_session=False)
    )


def close(session: Session, digest: bytes) -> None:
    """End the session of this cookie, if there is one."""
    query = delete(BrowserSession).where(BrowserSession.digest == digest)
    session.execute(query.execution_options(synchronize_session=False))


def close_all(session: Session, account_id: UUID, *, but: UUID | None = None) -> int:
    """End an account's sessions, except that of the id ``but``. Returns how many there were."""
    query = delete(BrowserSession).where(BrowserSession.account_id == account_id)
    if but is not None:
        query = query.where(BrowserSession.id != but)
    ended = session.execute(query.returning(BrowserSession.id).execution_options(synchronize_session=False))
    return len(ended.all())
