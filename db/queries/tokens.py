"""API tokens: adding, revoking, and finding who holds one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import Account, ApiToken, Role

_COARSE_SECONDS = 60
"""How exactly the last use is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredToken:
    """A token as an operator sees it; nothing of it lets anyone in."""

    id: UUID
    account: str
    label: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    live: bool
    """Neither revoked nor expired by PostgreSQL's clock, and its account is enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a token is, and what both may do."""

    account_id: UUID
    name: str
    account_role: Role
    token_role: Role


def add(
    session: Session,
    token_id: UUID,
    account_id: UUID,
    *,
    digest: bytes,
    role: Role,
    label: str,
    valid_seconds: float | None,
) -> None:
    """Add a token of which the sha256 is ``digest``; None lets it never expire."""
    expires_at = None if valid_seconds is None else db_after(valid_seconds)
    session.execute(
        insert(ApiToken).values(
            id=token_id, account_id=account_id, digest=digest, role=role, label=label, expires_at=expires_at
        )
    )


def holder(session: Session, digest: bytes) -> Holder | None:
    """Who holds the live token of this sha256, whose use is noted; None where there is none."""
    row = session.execute(
        select(ApiToken, Account)
        .join(Account, Account.id == ApiToken.account_id)
        .where(ApiToken.digest == digest, _live())
    ).one_or_none()
    if row is None:
        return None
    token, account = row
    session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token.id,
            or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < db_after(-_COARSE_SECONDS)),
        )
        .values(last_used_at=db_now())
        .execution_options(synchronize_session=False)
    )
    return Holder(account_id=account.id, name=account.name, account_role=account.role, token_role=token.role)


def revoke(session: Session, token_id: UUID) -> bool:
    """Let a token be used no more; the moment of the first call stays. False where there is no such token."""
    query = update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    session.execute(query.values(revoked_at=db_now()).execution_options(synchronize_session=False))
    found = session.execute(select(ApiToken.id).where(ApiToken.id == token_id))
    return found.scalar_one_or_none() is not None


def everything(session: Session) -> list[StoredToken]:
    """All tokens, by account and then by age."""
    rows = session.execute(
        select(ApiToken, Account.name, _live().label("live"))
        .join(Account, Account.id == ApiToken.account_id)
        .order_by(Account.name, ApiToken.created_at, ApiToken.id)
        .execution_options(populate_existing=True)
    )
    return [_stored(token, name, live=live) for token, name, live in rows]


def _live() -> ColumnElement[bool]:
    return and_(
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > db_now()),
        Account.disabled_at.is_(None),
    )


def _stored(token: ApiToken, name: str, *, live: bool) -> StoredToken:
    return StoredToken(
        id=token.id,
        account=name,
        label=token.label,
        role=token.role,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
        live=live,
    )
