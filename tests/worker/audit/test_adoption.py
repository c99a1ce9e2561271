"""What was decided before there was a log stands in it from the first day on."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

import tests.db
from db.engine import make_engine, make_sessions
from migrations import runner
from tests.databases import Databases
from tests.worker.audit.conftest import KEYS, verified
from worker.audit.chainer import Chainer

PAST = Path(tests.db.__file__).with_name("past.sql").read_text()


def test_rows_of_the_first_release_are_entries_after_the_upgrade(databases: Databases) -> None:
    """Items, open and decided, with the first release's decisions."""
    url = databases.empty()
    runner.upgrade(url, "0001")
    engine = make_engine(url, pooled=False)
    with engine.begin() as connection:
        for statement in PAST.replace("20000", "500").split(";\n"):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        connection.execute(
            text(
                "INSERT INTO decisions (id, item_id, image_id, moderator, label, note, lease_number)"
                " SELECT gen_random_uuid(), id, image_id, 'ann', 'GENUINE', 'fine', 1"
                " FROM review_items WHERE state = 'decided'"
            )
        )

    runner.upgrade(url)

    sessions = make_sessions(engine)
    assert Chainer(sessions, KEYS).chain_all() > 900
    found = verified(sessions)
    assert (found.items, found.findings) == (500, ())
    engine.dispose()
