"""Indexes on tables that may be large: built after the migrations' transaction, without stopping writers.

``CREATE INDEX`` keeps every writer of the table waiting until it is done; ``CREATE INDEX CONCURRENTLY`` keeps
nobody, and can't run in a transaction. So a migration names such indexes instead of building them::

    APART = {"ix_verdicts_features_id": "verdicts (features_id) WHERE features_id IS NOT NULL"}

and every upgrade builds those that are missing. One that was interrupted is finished by the next upgrade. A
later migration that drops such an index names it with None.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from alembic.script import Script
from sqlalchemy import Connection, text

from db.engine import make_engine

_ADVISORY_LOCK = 0x61727467_61706172
"""Whoever builds takes this lock, a session's own: a wait for it must hold up nobody's building."""
_PAUSE = 0.1
_UNFIT = text("""
    SELECT indexrelid\\:\\:regclass\\:\\:text FROM pg_index
     WHERE NOT indisvalid AND indexrelid = to_regclass(quote_ident(:name))
""")


def wanted(scripts: Iterable[Script]) -> dict[str, str]:
    """What each index that is built apart is on, by its name.

    Args:
        scripts: the migrations that were made, oldest first.
    """
    named: dict[str, str | None] = {}
    for script in scripts:
        named |= getattr(script.module, "APART", {})
    return {name: on for name, on in named.items() if on is not None}


def build(url: str, indexes: Mapping[str, str], *, patience: float) -> None:
    """Build the indexes that are missing, one after the other.

    Args:
        url: SQLAlchemy URL of the database.
        indexes: as of ``wanted``.
        patience: seconds to wait for another process that builds.

    Raises:
        TimeoutError: another process is still building.
        sqlalchemy.exc.OperationalError: the database can't be reached.
    """
    if not indexes:
        return
    engine = make_engine(
        url, application="artgate migrate", pooled=False, lock_timeout=0, statement_timeout=0, idle_timeout=0
    )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _take_place(connection, patience)
        for name, on in indexes.items():
            _build(connection, name, on)


def _take_place(connection: Connection, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}):
        if time.monotonic() > deadline:
            raise TimeoutError("another process is still building indexes: wait for it, then upgrade again")
        time.sleep(_PAUSE)


def _build(connection: Connection, name: str, on: str) -> None:
    """Build one, in place of what an interrupted building has left."""
    for unfit in connection.scalars(_UNFIT, {"name": name}).all():
        connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {unfit}")
    if connection.scalar(text("SELECT to_regclass(quote_ident(:name)) IS NULL"), {"name": name}):
        connection.exec_driver_sql(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {on}")
