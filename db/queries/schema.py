"""Which revision the schema has: what a process asks before it calls itself ready."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_MIGRATED = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_REVISION = text("SELECT version_num FROM alembic_version")


def revision(session: Session) -> str | None:
    """The revision that the database was migrated to; None where it never was."""
    if not session.execute(_MIGRATED).scalar_one():
        return None
    return session.execute(_REVISION).scalar_one_or_none()
