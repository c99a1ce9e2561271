"""The schema's history, on a real PostgreSQL."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

import migrations
from db.base import Base
from db.engine import make_engine
from migrations import runner
from tests.databases import Databases

_CATALOGUE = """
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
           || ' ' || coalesce(column_default, '') || ' ' || coalesce(collation_name, '') || is_identity
      FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name NOT IN (SELECT relname FROM pg_class WHERE relispartition)
    UNION ALL
    SELECT 'constraint ' || conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid)
      FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
           AND conrelid NOT IN (SELECT oid FROM pg_class WHERE relispartition)
    UNION ALL
    SELECT indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename NOT IN (SELECT relname FROM pg_class WHERE relispartition)
"""
"""Without partitions, and without the names of NOT NULL constraints, which the columns' lines tell of."""


@pytest.fixture
def empty(databases: Databases) -> str:
    """URL of a database without tables."""
    return databases.empty()


@pytest.fixture
def engine_of_empty(empty: str) -> Iterator[Engine]:
    made = make_engine(empty, pooled=False)
    yield made
    made.dispose()


def test_upgrading_an_empty_database_leaves_no_difference_to_the_models(empty: str) -> None:
    before = runner.check(empty)

    runner.upgrade(empty)

    assert (before.current, before.ok) == (None, False)
    assert runner.check(empty) == runner.SchemaState(current=before.head, head=before.head, differences=())


def test_constraints_and_indexes_are_those_of_the_models_to_the_letter(
    empty: str, engine_of_empty: Engine, databases: Databases
) -> None:
    runner.upgrade(empty)
    by_models = make_engine(databases.empty(), pooled=False)
    Base.metadata.create_all(by_models)

    migrated = _catalogue(engine_of_empty)
    assert {line for line in migrated if "alembic_version" not in line} == _catalogue(by_models)


def test_upgrading_twice_changes_nothing(empty: str, engine_of_empty: Engine) -> None:
    runner.upgrade(empty)
    first = _catalogue(engine_of_empty)

    runner.upgrade(empty)

    assert _catalogue(engine_of_empty) == first


def test_downgrading_to_base_leaves_nothing_and_the_way_up_stays_open(
    empty: str, engine_of_empty: Engine
) -> None:
    runner.upgrade(empty)

    runner.downgrade(empty, "base")

    assert {line for line in _catalogue(engine_of_empty) if "alembic_version" not in line} == set()
    with engine_of_empty.connect() as connection:
        functions = text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        assert connection.execute(functions).scalar_one() == 0
    runner.upgrade(empty)
    assert runner.check(empty).ok


def test_verdicts_of_the_first_release_stay_valid_and_may_still_be_written(
    empty: str, engine_of_empty: Engine
) -> None:
    """A worker of the release before writes on while the tables are already the new ones."""
    runner.upgrade(empty, "0001")
    with engine_of_empty.begin() as connection:
        connection.execute(text(_FIRST_RELEASE.format(number=1)))
    runner.upgrade(empty)
    with engine_of_empty.begin() as connection:
        connection.execute(text(_FIRST_RELEASE.format(number=2)))
        found = connection.execute(text("SELECT probability, warranty FROM verdicts")).all()

    assert [tuple(row) for row in found] == [(0.5, None), (0.5, None)]


_FIRST_RELEASE = """
    INSERT INTO bundles (id, name, manifest, location)
         VALUES (repeat('{number}', 64), 'main', '{{}}', 'somewhere');
    INSERT INTO images (id, bucket, key, object_version, sha256, size, format, width, height)
         VALUES ('00000000-0000-0000-0000-00000000000{number}', 'art', 'a{number}.png', 'v',
                 decode(repeat('ab', 32), 'hex'), 10, 'PNG', 64, 64);
    INSERT INTO features (id, image_id, schema_id, backbone_id, decode_version, runtime, "precision",
                          "values", replaced, length)
         VALUES ('00000000-0000-0000-0000-00000000000{number}', '00000000-0000-0000-0000-00000000000{number}',
                 'hc148.v1', 'none', 1, 'numpy', 'float64', decode('00000000', 'hex'), decode('00', 'hex'),
                 1);
    INSERT INTO verdicts (id, image_id, bundle_id, features_id, label, label_before_veto, raw, probability,
                          lightgbm, svm, random_forest, veto_applied, genuine_below, synthetic_from, runtime,
                          "precision", stage_ms, origin)
         VALUES ('00000000-0000-0000-0000-00000000000{number}', '00000000-0000-0000-0000-00000000000{number}',
                 repeat('{number}', 64), '00000000-0000-0000-0000-00000000000{number}', 'UNCERTAIN',
                 'UNCERTAIN', 0.5, 0.5, 0.5, 0.5, 0.5, false, 0.35, 0.65, 'numpy', 'float64', '{{}}', 'scan')
"""


def test_the_delivery_log_keeps_its_lines_and_goes_on_with_its_numbers(
    empty: str, engine_of_empty: Engine
) -> None:
    """Through the partitions and back."""
    line = text(
        "INSERT INTO webhook_attempts (message_id, attempt, outcome, seconds)"
        " VALUES (gen_random_uuid(), 1, 'delivered', 0.1)"
    )
    runner.upgrade(empty, "rollouts")
    for move in (runner.upgrade, lambda url: runner.downgrade(url, "rollouts"), runner.upgrade):
        with engine_of_empty.begin() as connection:
            connection.execute(line)
        move(empty)
    with engine_of_empty.begin() as connection:
        connection.execute(line)
        both = "SELECT id FROM webhook_attempts_before UNION ALL SELECT id FROM webhook_attempts ORDER BY id"
        assert connection.scalars(text(both)).all() == [1, 2, 3, 4]
        assert connection.scalar(text("SELECT count(*) FROM webhook_attempts_rest")) == 0


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE events DROP COLUMN uploader",
        "ALTER TABLE events ADD COLUMN surplus text",
        "ALTER TABLE events ALTER COLUMN system DROP NOT NULL",
        "ALTER TABLE images ALTER COLUMN width TYPE bigint",
        "DROP INDEX ix_events_due",
        "ALTER TABLE verdicts DROP CONSTRAINT uq_verdicts_image_id_bundle_id",
        "DROP TABLE backfills",
    ],
)
def test_check_finds_what_was_changed_behind_the_migrations_back(
    empty: str, engine_of_empty: Engine, change: str
) -> None:
    runner.upgrade(empty)
    with engine_of_empty.begin() as connection:
        connection.execute(text(change))

    state = runner.check(empty)

    assert state.current == state.head
    assert not state.ok
    assert state.differences


def test_two_that_migrate_at_once_take_turns(empty: str) -> None:
    failures: list[Exception] = []

    def migrate() -> None:
        try:
            runner.upgrade(empty)
        except Exception as error:  # noqa: BLE001 - reported by the test
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert runner.check(empty).ok


def test_a_table_that_is_in_use_is_not_waited_for_and_nothing_is_half_done(
    empty: str, engine_of_empty: Engine
) -> None:
    runner.upgrade(empty)

    with engine_of_empty.begin() as reader:
        reader.execute(text("SELECT count(*) FROM bundles"))
        with pytest.raises(OperationalError, match="lock timeout"):
            runner.downgrade(empty, "base", lock_timeout=0.05)

    assert runner.check(empty).ok


def test_migrating_leaves_the_callers_logging_alone_and_needs_no_working_directory(
    empty: str, tmp_path: Path
) -> None:
    root = Path(migrations.__file__).parents[1]
    code = """if True:
        import sys
        sys.path.insert(0, sys.argv[1])
        from migrations import runner
        runner.upgrade(sys.argv[2])
    """

    command = [sys.executable, "-c", code, str(root), empty]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert runner.check(empty).ok


def test_released_migrations_import_alembic_and_sqlalchemy_alone() -> None:
    files = sorted((Path(migrations.__file__).parent / "versions").glob("v*.py"))

    assert files
    for file in files:
        assert _imported(file) <= {"__future__", "alembic", "sqlalchemy"}, file.name


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    whence = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in named | whence}


def _catalogue(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text(_CATALOGUE)).scalars())
