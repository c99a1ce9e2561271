"""Accounts: adding, finding and changing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Account, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAccount:
    """An account as it stands."""

    id: UUID
    name: str
    role: Role
    password_hash: str | None
    disabled_at: datetime | None
    created_at: datetime

    @property
    def enabled(self) -> bool:
        """True where it may be used."""
        return self.disabled_at is None


def add(
    session: Session,
    account_id: UUID,
    *,
    name: str,
    role: Role,
    password_hash: str | None,
) -> bool:
    """Add an account. False where the name is taken: nothing was written."""
    made = session.execute(
        insert(Account)
        .values(
            id=account_id,
            name=name,
            role=role,
            password_hash=password_hash,
        )
        .on_conflict_do_nothing(index_elements=[Account.name])
        .returning(Account.id)
    )
    return made.scalar_one_or_none() is not None


def get(session: Session, account_id: UUID) -> StoredAccount | None:
    """One account; None where there is none of that id."""
    return _one(session, select(Account).where(Account.id == account_id))


def by_name(session: Session, name: str) -> StoredAccount | None:
    """One account; None where there is none of that name."""
    return _one(session, select(Account).where(Account.name == name))


def everyone(session: Session) -> list[StoredAccount]:
    """All accounts, by name."""
    return [_stored(account) for account in session.scalars(select(Account).order_by(Account.name))]


def set_password_hash(session: Session, account_id: UUID, password_hash: str) -> None:
    """Store the hash of another password, or of the same one with other parameters."""
    _update(session, account_id, password_hash=password_hash)


def set_role(session: Session, account_id: UUID, role: Role) -> None:
    """Give another role. One who becomes a service loses the password."""
    _update(session, account_id, role=role, **({"password_hash": None} if role is Role.SERVICE else {}))


def disable(session: Session, account_id: UUID) -> None:
    """Let the account be used no more; the moment of the first call stays."""
    query = update(Account).where(Account.id == account_id, Account.disabled_at.is_(None))
    session.execute(query.values(disabled_at=db_now()).execution_options(synchronize_session=False))


def enable(session: Session, account_id: UUID) -> None:
    """Let the account be used again."""
    _update(session, account_id, disabled_at=None)


def _update(session: Session, account_id: UUID, **values: Any) -> None:
    query = update(Account).where(Account.id == account_id).values(**values)
    session.execute(query.execution_options(synchronize_session=False))


def _one(session: Session, query: Select[Account]) -> StoredAccount | None:
    account = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if account is None else _stored(account)


def _stored(account: Account) -> StoredAccount:
    return StoredAccount(**{name: getattr(account, name) for name in StoredAccount.__dataclass_fields__})
