"""Identities at a provider, and sign-ins that are under way there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import ExternalIdentity, OidcAttempt

_FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was remembered of a sign-in that is under way."""

    nonce: str
    verifier: str


def begin(
    session: Session, *, state: bytes, browser: bytes, nonce: str, verifier: str, valid_seconds: float
) -> None:
    """Remember a sign-in; some of those that never came back are forgotten."""
    over = select(OidcAttempt.state).where(OidcAttempt.expires_at <= db_now())
    some = over.limit(_FORGOTTEN_AT_ONCE).with_for_update(skip_locked=True)
    session.execute(
        delete(OidcAttempt).where(OidcAttempt.state.in_(some)).execution_options(synchronize_session=False)
    )
    session.execute(
        insert(OidcAttempt).values(
            state=state,
            browser=browser,
            nonce=nonce,
            verifier=verifier,
            expires_at=db_after(valid_seconds),
        )
    )


def take(session: Session, *, state: bytes, browser: bytes) -> Attempt | None:
    """The sign-in of this state and browser, once; None where there is none, or it took too long."""
    row = session.execute(
        delete(OidcAttempt)
        .where(OidcAttempt.state == state, OidcAttempt.browser == browser, OidcAttempt.expires_at > db_now())
        .returning(OidcAttempt.nonce, OidcAttempt.verifier)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if row is None else Attempt(nonce=row.nonce, verifier=row.verifier)


def account_of(session: Session, issuer: str, subject: str) -> UUID | None:
    """The id of the account that this identity is linked with."""
    query = select(ExternalIdentity.account_id).where(
        ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject
    )
    return session.execute(query).scalar_one_or_none()


def link(session: Session, issuer: str, subject: str, account_id: UUID) -> bool:
    """Link an identity with an account. False where it is linked already: that stays."""
    made = session.execute(
        postgresql.insert(ExternalIdentity)
        .values(issuer=issuer, subject=subject, account_id=account_id)
        .on_conflict_do_nothing()
        .returning(ExternalIdentity.subject)
    )
    return made.scalar_one_or_none() is not None
