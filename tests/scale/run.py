"""A run: the database grows from size to size, and the queries are timed at each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from db.engine import make_engine
from deploy.local.places import state_root
from deploy.local.postgres import Postgres
from deploy.local.stack import cache_folder
from deploy.local.workspace import Workspace
from migrations.runner import upgrade
from tests.scale.filling import grow, prepare
from tests.scale.measure import Timing, measure
from tests.scale.outcome import Timings, table
from tests.scale.plan import Plan
from tests.scale.size import size_table, sizes

_TUNING = ("max_wal_size = '1GB'", "autovacuum = off")
"""The fill writes in bursts and vacuums by itself; nothing else of the server is other than in the tests."""


def run(plan: Plan, url: str) -> Timings:
    """The timings by size, of a migrated empty database; sizes and figures are also told as they come."""
    engine = make_engine(url, application="scale", pool_size=2)
    timings: dict[int, dict[str, Timing]] = {}
    try:
        prepare(engine, plan)
        before, held = 0, sizes(engine)
        for size in plan.sizes:
            grow(engine, plan, before, size)
            print(size_table(held, sizes(engine), size - before), file=sys.stderr)
            timings[size] = dict(measure(engine, plan, size))
            print(table({size: timings[size]}), file=sys.stderr)
            before, held = size, sizes(engine)
    finally:
        engine.dispose()
    return timings


@contextmanager
def own_database(root: Path | None = None) -> Iterator[str]:
    """URL of a migrated database on a server of its own, which is gone afterwards.

    Args:
        root: folder for its data; where other local servers keep theirs unless it is given.
    """
    workspace = Workspace.create(root or state_root(), "scale")
    postgres = Postgres(workspace.folder / "postgres", cache=cache_folder())
    try:
        postgres.start()
        workspace.record(postgres.child.identity)
        _tune(postgres.url)
        upgrade(postgres.url)
        yield postgres.url
    finally:
        postgres.stop()
        workspace.remove()


def _tune(url: str) -> None:
    engine: Engine = make_engine(url, pooled=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in _TUNING:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
