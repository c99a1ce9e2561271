"""Runs the migrations on the database that an URL names, from a checkout or an installed package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, text

from db.engine import make_engine
from db.models import Event
from migrations.apart import build, wanted
from migrations.grants import grant
from migrations.one_role import grant_to_one_role

# Whoever migrates takes this lock, so that two releases that start at once migrate one after the other.
_ADVISORY_LOCK = 0x617274676174  # "artgat"
_PARTITIONS = text(
    "SELECT relname FROM pg_class"
    " WHERE relispartition AND relnamespace = CAST(current_schema() AS regnamespace)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """What ``check`` found."""

    current: str | None
    """Revision of the database; None where it was never migrated."""
    head: str
    """Revision that this version of artgate needs."""
    differences: tuple[str, ...]
    """Tables, columns, constraints and indexes that are not as the models say; empty at the head."""

    @property
    def ok(self) -> bool:
        """True where the database is what this version needs."""
        return self.current == self.head and not self.differences


def upgrade(url: str, to: str = "head", *, lock_timeout: float = 5.0, patience: float = 60.0) -> None:
    """Bring the schema to a revision and give artgate's roles their rights, in one transaction.

    Indexes on large tables follow, each by itself: see ``migrations.apart``.

    Args:
        url: SQLAlchemy URL of the database.
        to: a revision, or ``head``.
        lock_timeout: seconds that a statement may wait for a table's lock. Short: while it waits, it
            holds up every query that comes after it.
        patience: seconds to wait for another migration to end.

    Raises:
        sqlalchemy.exc.OperationalError: the database can't be reached, or a lock was not to be had.
        TimeoutError: another process is still building indexes.
        alembic.util.CommandError: there is no such revision.
    """
    with _locked(url, lock_timeout, patience) as connection:
        command.upgrade(configuration(connection), to)
        grant_to_one_role(connection)
        grant(connection)
        current = MigrationContext.configure(connection).get_current_revision()
    build(url, wanted(reversed(_until(current))), patience=patience)


def downgrade(url: str, to: str, *, lock_timeout: float = 5.0, patience: float = 60.0) -> None:
    """Take the schema back to a revision (``base`` drops everything), in one transaction.

    Arguments and errors as of ``upgrade``.
    """
    with _locked(url, lock_timeout, patience) as connection:
        command.downgrade(configuration(connection), to)


def check(url: str) -> SchemaState:
    """Compare the database with what this version of artgate needs; changes nothing.

    Raises:
        sqlalchemy.exc.OperationalError: the database can't be reached.
    """
    head = ScriptDirectory.from_config(configuration(None)).get_current_head()
    assert head is not None, "the package has migrations"
    engine = make_engine(url, application="artgate check", pooled=False)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": but_partitions(connection),
            },
        )
        current = context.get_current_revision()
        differences = compare_metadata(context, Event.metadata) if current == head else []
    return SchemaState(current=current, head=head, differences=tuple(map(str, differences)))


def _until(revision: str | None) -> list[Script]:
    """The migrations that lead to a revision, newest first."""
    if revision is None:
        return []
    return list(ScriptDirectory.from_config(configuration(None)).iterate_revisions(revision, "base"))


def revisions() -> tuple[str, ...]:
    """Every revision that this version of artgate knows, from the one it needs back to the first."""
    scripts = ScriptDirectory.from_config(configuration(None))
    return tuple(script.revision for script in scripts.walk_revisions())


def revision(url: str, message: str) -> Path:
    """Write a new migration from the models' differences to a migrated database, to be checked by hand.

    Returns:
        The file, in ``migrations/versions``.
    """
    with _locked(url, 5.0, 60.0) as connection:
        config = configuration(connection)
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        made = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
    assert made is not None, "one message makes one revision"
    assert not isinstance(made, list), "one message makes one revision"
    return Path(made.path)


def but_partitions(connection: Connection) -> Callable[[str | None, str, Any], bool]:
    """For Alembic's ``include_name``: all but partitions, which come and go while artgate runs."""
    partitions = frozenset(connection.scalars(_PARTITIONS))
    return lambda name, kind, _: kind != "table" or name not in partitions


def configuration(connection: Connection | None) -> Config:
    """Alembic's configuration, made here so that no ini file has to be found."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = Event.metadata
    if connection is not None:
        config.attributes["include_name"] = but_partitions(connection)
    return config


@contextmanager
def _locked(url: str, lock_timeout: float, patience: float) -> Iterator[Connection]:
    """A connection in a transaction that has the migrations' lock, committed at the end."""
    engine = make_engine(
        url,
        application="artgate migrate",
        pooled=False,
        lock_timeout=patience,
        statement_timeout=0,
        idle_timeout=0,
    )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = {round(lock_timeout * 1000)}"))
        yield connection
