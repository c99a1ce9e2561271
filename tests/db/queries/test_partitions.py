"""A partition a week: made ahead, found by plans, dropped as a whole, and never in the way of a row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from db.models import WebhookAttempt
from db.queries import delivery_log, partitions, sweeps
from worker.clock import new_id

LOG = "webhook_attempts"
_PARTS = """
    SELECT contype::text, count(*) FROM pg_constraint WHERE conrelid = to_regclass(:table) GROUP BY 1
    UNION ALL
    SELECT 'index', count(*) FROM pg_index WHERE indrelid = to_regclass(:table) ORDER BY 1
"""
LONG_AGO = date(2020, 1, 6)
"""A Monday."""


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def line(session: Session, at: datetime) -> str:
    """A line of the log of that moment; gives the partition that it lies in."""
    statement = text(
        "INSERT INTO webhook_attempts (message_id, attempt, outcome, seconds, at)"
        " VALUES (:message_id, 1, 'delivered', 0.1, :at) RETURNING tableoid::regclass::text"
    )
    return str(session.scalar(statement, {"message_id": new_id(), "at": at}))


@given(moment=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)), ahead=st.integers(0, 60))  # noqa: DTZ001 - hypothesis adds the zone
def test_weeks_begin_on_mondays_follow_one_another_and_hold_their_moment(
    moment: datetime, ahead: int
) -> None:
    found = list(partitions.weeks(moment, ahead=ahead))
    assert [day.weekday() for day in found] == [0] * (ahead + 1)
    assert found == [found[0] + timedelta(days=7 * number) for number in range(ahead + 1)]
    assert found[0] <= moment.date() < found[0] + timedelta(days=7)


def test_a_migrated_database_has_partitions_for_the_weeks_to_come(session: Session) -> None:
    now = sweeps.moment(session)
    assert 35 <= partitions.ahead_seconds(session, LOG, now=now) / 86_400 <= 42
    assert session.scalar(text("SELECT count(*) FROM webhook_attempts_rest")) == 0
    assert line(session, now) == f"{LOG}_{next(partitions.weeks(now, ahead=0)):%Y%m%d}"


def test_a_row_of_any_time_is_taken_and_moves_to_its_partition_once_there_is_one(session: Session) -> None:
    assert line(session, at_noon(LONG_AGO)) == f"{LOG}_rest"
    assert line(session, at_noon(LONG_AGO + timedelta(days=7))) == f"{LOG}_rest"
    assert partitions.make(session, LOG, LONG_AGO)
    assert not partitions.make(session, LOG, LONG_AGO), "it is there already"
    assert line(session, at_noon(LONG_AGO)) == f"{LOG}_20200106"
    counted = text("SELECT tableoid::regclass::text, count(*) FROM webhook_attempts GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in session.execute(counted)] == [(f"{LOG}_20200106", 2), (f"{LOG}_rest", 1)]


def test_a_partition_has_the_tables_keys_checks_and_indexes(session: Session) -> None:
    partitions.make(session, LOG, LONG_AGO)
    found = {}
    for table in (LOG, f"{LOG}_20200106", f"{LOG}_rest"):
        rows = session.execute(text(_PARTS), {"table": table})
        found[table] = [tuple(row) for row in rows]
    assert found[LOG] == found[f"{LOG}_20200106"] == found[f"{LOG}_rest"]


def test_only_partitions_that_are_past_as_a_whole_are_dropped_the_oldest_first(session: Session) -> None:
    weeks = [LONG_AGO + timedelta(days=7 * number) for number in range(3)]
    for monday in reversed(weeks):
        partitions.make(session, LOG, monday)
    before = at_noon(weeks[2]) - timedelta(days=1)
    dropped = [partitions.drop(session, LOG, before=before) for _ in range(3)]
    assert dropped == [f"{LOG}_20200106", None, None], "the second week ends half a day later"
    assert partitions.drop(session, LOG, before=at_noon(weeks[2])) == f"{LOG}_20200113"


def test_what_is_of_today_or_to_come_can_not_be_dropped_whatever_is_asked(session: Session) -> None:
    before = partitions.listed(session, LOG)
    far = sweeps.moment(session) + timedelta(days=1000)
    while partitions.drop(session, LOG, before=far) is not None:
        pass
    assert partitions.listed(session, LOG) == before


@pytest.mark.parametrize(
    "table", ["verdicts", "events", "audit_entries", "webhook_attempts; DROP TABLE events"]
)
@pytest.mark.parametrize(
    "call", ["make_partition(:table, '2020-01-06', '2020-01-13')", "drop_partition(:table, now())"]
)
def test_the_functions_touch_no_other_table(session: Session, table: str, call: str) -> None:
    with pytest.raises(DBAPIError, match="is not partitioned by weeks"):
        session.execute(text(f"SELECT {call}"), {"table": table})


def test_a_gap_in_the_weeks_ends_what_lies_ahead(session: Session) -> None:
    now = at_noon(LONG_AGO)
    assert partitions.ahead_seconds(session, LOG, now=now) == 0
    for number in (0, 1, 3):
        partitions.make(session, LOG, LONG_AGO + timedelta(days=7 * number))
    assert partitions.ahead_seconds(session, LOG, now=now) == 13.5 * 86_400


def test_a_table_that_is_in_use_is_waited_for_two_seconds_and_left(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        partitions.make(session, LOG, LONG_AGO)
    with sessions() as reader:
        reader.execute(text("SELECT count(*) FROM webhook_attempts"))
        with sessions.begin() as session, pytest.raises(OperationalError, match="lock timeout"):
            partitions.drop(session, LOG, before=at_noon(date(2021, 1, 1)))
    with sessions.begin() as session:
        assert partitions.drop(session, LOG, before=at_noon(date(2021, 1, 1))) == f"{LOG}_20200106"


def test_the_log_is_read_across_partitions_and_plans_look_into_those_alone_that_can_hold_it(
    session: Session,
) -> None:
    now = sweeps.moment(session)
    monday = next(partitions.weeks(now, ahead=0))
    for number in range(1, 12):
        partitions.make(session, LOG, monday - timedelta(days=7 * number))
    for days in (70, 8, 1, 0):
        line(session, now - timedelta(days=days))
    assert len(delivery_log.latest(session, limit=10)) == 4
    assert len(delivery_log.latest(session, limit=10, reach_seconds=9 * 86_400)) == 3
    scanned = set(_scanned(session, reach_seconds=9 * 86_400))
    assert len(scanned) <= 4, scanned
    assert f"{LOG}_{monday:%Y%m%d}" in scanned
    assert f"{LOG}_{monday - timedelta(days=70):%Y%m%d}" not in scanned


def _scanned(session: Session, *, reach_seconds: float) -> Iterator[str]:
    """The partitions that reading the log runs over."""
    query = (
        delivery_log._newest(WebhookAttempt)
        .where(*delivery_log._within(WebhookAttempt, reach_seconds))
        .limit(10)
    )
    compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
    (answer,) = session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}".replace(":", r"\:"))).one()
    plan = answer if isinstance(answer, list) else json.loads(answer)
    yield from _relations(plan[0]["Plan"])


def _relations(node: dict[str, Any]) -> Iterator[str]:
    if str(node.get("Relation Name", "")).startswith(LOG):
        yield node["Relation Name"]
    for below in node.get("Plans", []):
        yield from _relations(below)
