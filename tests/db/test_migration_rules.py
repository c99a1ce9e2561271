"""What every migration keeps to, so that an installation is brought up to date while it works."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event, text

from db.engine import make_engine
from migrations import apart, runner
from tests.databases import Databases
from tests.worker.inbox import wait_until

BEFORE_THE_RULE = frozenset(runner.revisions()[runner.revisions().index("rollouts") :])
"""Migrations from before there was an installation to keep working; they build some indexes as they go."""
REVISIONS = tuple(reversed(runner.revisions()))

_TABLES = """
    SELECT oid, relname, relfilenode FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_INDEXES = """
    SELECT indexrelid, indrelid, indexrelid::regclass::text FROM pg_index
      JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace
"""


class Schema:
    """Tables and indexes as they are at one moment."""

    def __init__(self, url: str) -> None:
        engine = make_engine(url, pooled=False)
        with engine.connect() as connection:
            found = connection.execute(text(_TABLES)).all()
            self.tables = {oid: (name, place) for oid, name, place in found}
            indexes = connection.execute(text(_INDEXES)).all()
            self.indexes = {oid: (table, name) for oid, table, name in indexes}

    def indexes_new_on_tables_of(self, before: Schema) -> set[str]:
        """What was built on tables that were there."""
        return {
            name
            for oid, (table, name) in self.indexes.items()
            if oid not in before.indexes and table in before.tables
        }


@pytest.fixture(scope="module")
def steps(databases: Databases) -> dict[str, tuple[Schema, Schema, list[str]]]:
    """Each migration's schema before and after its transaction, and what was said to PostgreSQL in it."""
    url = databases.empty()
    made: dict[str, tuple[Schema, Schema, list[str]]] = {}
    for revision in REVISIONS:
        before = Schema(url)
        with pytest.MonkeyPatch.context() as patched, _statements() as said:
            patched.setattr(runner, "build", lambda *_, **__: None)  # what is built apart locks no writer
            runner.upgrade(url, revision)
        made[revision] = before, Schema(url), said
    return made


@contextmanager
def _statements() -> Iterator[list[str]]:
    """What is sent within the block, by whichever engine."""
    said: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("revision", REVISIONS)
def test_no_migration_waits_long_for_a_lock(
    steps: dict[str, tuple[Schema, Schema, list[str]]], revision: str
) -> None:
    """While it waits, every query that comes after it waits too."""
    _, _, said = steps[revision]
    limits = [number for number, statement in enumerate(said) if "lock_timeout = 5000" in statement]
    changes = [
        number for number, statement in enumerate(said) if statement.lstrip().startswith(("ALTER", "CREATE"))
    ]
    assert limits
    assert changes
    assert limits[0] < changes[0]
    forbidden = [each for each in said if each.lstrip().upper().startswith(("SET LOCK", "RESET", "COMMIT"))]
    assert forbidden == [], "it is the runner that decides on limits and transactions"


@pytest.mark.parametrize("revision", [each for each in REVISIONS if each not in BEFORE_THE_RULE])
def test_a_migration_builds_no_index_on_a_table_that_was_there(
    steps: dict[str, tuple[Schema, Schema, list[str]]], revision: str
) -> None:
    """All its writers would wait: such an index stands in the migration's ``APART``."""
    before, after, _ = steps[revision]
    built = after.indexes_new_on_tables_of(before)
    assert built == set()


@pytest.mark.parametrize("revision", [each for each in REVISIONS if each not in BEFORE_THE_RULE])
def test_a_migration_writes_no_table_anew(
    steps: dict[str, tuple[Schema, Schema, list[str]]], revision: str
) -> None:
    """A volatile default or another type copies every row while nobody may read."""
    before, after, _ = steps[revision]
    rewritten = {
        name
        for oid, (name, place) in before.tables.items()
        if oid in after.tables and after.tables[oid][1] != place
    }
    assert rewritten == set()


def test_the_rule_would_have_caught_the_indexes_of_earlier_migrations(
    steps: dict[str, tuple[Schema, Schema, list[str]]],
) -> None:
    before, after, _ = steps["feedback"]
    built = after.indexes_new_on_tables_of(before)
    assert built == {"ix_verdicts_confident"}


INDEX = {"ix_apart": "events (system)"}


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.migrated()


def test_an_index_that_is_built_apart_keeps_no_writer_waiting(url: str) -> None:
    """It waits itself, for those that were at the table before it."""
    engine = make_engine(url, pooled=False, lock_timeout=1.0)
    writes = text("LOCK TABLE events IN ROW EXCLUSIVE MODE")  # as every INSERT does
    with ThreadPoolExecutor(1) as thread:
        with engine.begin() as first:
            first.execute(writes)
            building = thread.submit(apart.build, url, INDEX, patience=1.0)
            wait_until(lambda: _building(engine), "the building")
            with engine.begin() as second:
                second.execute(writes)
            assert not building.done()
        building.result(timeout=20)
    assert _valid(engine, "ix_apart")


def test_what_an_interrupted_building_has_left_is_replaced(url: str) -> None:
    engine = make_engine(url, pooled=False)
    with engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_apart ON events (kind)"))
        connection.execute(
            text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_apart'::regclass")
        )
    apart.build(url, INDEX, patience=1.0)
    assert _valid(engine, "ix_apart")
    with engine.connect() as connection:
        on = text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_apart'")
        assert str(connection.scalar(on)).endswith("(system)")


def test_two_never_build_at_once_and_the_second_says_so(url: str) -> None:
    engine = make_engine(url, pooled=False)
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": apart._ADVISORY_LOCK})
        with pytest.raises(TimeoutError, match="then upgrade again"):
            apart.build(url, INDEX, patience=0.0)


def test_an_upgrade_finishes_what_another_one_has_left_out(url: str) -> None:
    engine = make_engine(url, pooled=False)
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_verdicts_features_id"))
    assert not runner.check(url).ok
    runner.upgrade(url)
    assert runner.check(url).ok


def _valid(engine: Engine, name: str) -> bool:
    question = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    with engine.connect() as connection:
        return connection.scalar(question, {"name": name}) is True


def _building(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_stat_progress_create_index")))
