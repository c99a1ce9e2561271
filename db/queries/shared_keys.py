"""Keys that processes share: made by whichever asks first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import SharedKey


def get_or_make(session: Session, name: str, fresh: bytes) -> bytes:
    """The 32 bytes under a name; ``fresh`` becomes them where there are none yet."""
    made = insert(SharedKey).values(name=name, value=fresh).on_conflict_do_nothing()
    session.execute(made)
    return session.execute(select(SharedKey.value).where(SharedKey.name == name)).scalar_one()
