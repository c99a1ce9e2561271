"""The review policy that is in force, and the ones before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.models import ReviewPolicy

_CURRENT = (
    select(ReviewPolicy.number, ReviewPolicy.document, ReviewPolicy.created_at)
    .order_by(ReviewPolicy.number.desc())
    .limit(1)
)

_KEPT = "policy in force"
"""Where a session keeps the version that its transaction has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPolicy:
    """One version."""

    number: int
    document: dict[str, Any]
    created_at: datetime


def current(session: Session) -> StoredPolicy | None:
    """The version in force; None where none was ever stored.

    A transaction reads it once, so that all its steps go by one policy.
    """
    transaction, stored = session.info.get(_KEPT, (None, None))
    if transaction is None or transaction is not session.get_transaction():
        row = session.execute(_CURRENT).one_or_none()
        stored = None if row is None else StoredPolicy(**row._mapping)
        session.info[_KEPT] = (session.get_transaction(), stored)
    kept: StoredPolicy | None = stored
    return kept


def append(session: Session, document: dict[str, Any]) -> int:
    """Put a version into force. Returns its number."""
    session.info.pop(_KEPT, None)
    query = insert(ReviewPolicy).values(document=document).returning(ReviewPolicy.number)
    return session.execute(query).scalar_one()
