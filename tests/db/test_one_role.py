"""The rights of an installation that has one role for everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, text

from db.engine import make_engine
from migrations import runner
from migrations.grants import FUNCTIONS, RIGHTS

ROLE = "some_operator_of_all"


@pytest.fixture(scope="module")
def connection(new_database: Callable[[], str]) -> Iterator[Connection]:
    """A connection of the owner, once the role has its rights."""
    engine = make_engine(new_database(), application="tests")
    with engine.begin() as made:
        made.execute(text(f"CREATE ROLE {ROLE}"))
        made.execute(text(f"SELECT grant_worker('{ROLE}')"))
        yield made
        made.execute(text(f"DROP OWNED BY {ROLE}"))
        made.execute(text(f"DROP ROLE {ROLE}"))
    engine.dispose()


def rights(connection: Connection, table: str) -> set[str]:
    """What the role may do with a table."""
    query = text(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = :role AND table_name = :table"
    )
    return set(connection.scalars(query, {"role": ROLE, "table": table}))


@pytest.mark.parametrize("table", sorted(set(RIGHTS) - {"audit_pending"}))
def test_it_may_delete_where_some_duty_does_and_nowhere_else(connection: Connection, table: str) -> None:
    some_duty = any("DELETE" in words for words in RIGHTS[table].values())
    assert ("DELETE" in rights(connection, table)) is some_duty


def test_what_is_only_added_to_stays_so_and_the_log_is_read_alone(connection: Connection) -> None:
    for table in (
        "decisions",
        "retractions",
        "review_acts",
        "first_opinions",
        "rollout_steps",
        "audit_links",
    ):
        assert rights(connection, table) == {"SELECT", "INSERT"}, table
    assert rights(connection, "audit_entries") == {"SELECT"}
    assert rights(connection, "audit_pending") == {"SELECT", "DELETE"}


def test_it_may_call_what_keeps_partitions_and_touch_none_by_itself(connection: Connection) -> None:
    may = text("SELECT has_function_privilege(:role, :function, 'EXECUTE')")
    for function in FUNCTIONS:
        assert connection.scalar(may, {"role": ROLE, "function": function})
    assert not connection.scalar(may, {"role": ROLE, "function": "grant_worker(name)"})
    assert rights(connection, "webhook_attempts_rest") == set()


def test_an_upgrade_from_any_release_leaves_the_function_as_it_is_written_now(
    new_database: Callable[[], str],
) -> None:
    """Migrations on the way have each made it anew."""
    url = new_database()
    engine = make_engine(url, pooled=False)
    body = text("SELECT prosrc FROM pg_proc WHERE proname = 'grant_worker'")
    with engine.connect() as connection:
        now = connection.scalar(body)
    runner.downgrade(url, "0007")
    with engine.connect() as connection:
        assert connection.scalar(body) != now
    runner.upgrade(url)
    with engine.connect() as connection:
        assert connection.scalar(body) == now
        assert "kept_answers" in str(now)
