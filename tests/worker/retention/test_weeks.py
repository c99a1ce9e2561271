"""Partitions over months, by a clock that the test moves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from db.queries import delivery_log, partitions, sweeps
from worker.clock import new_id
from worker.monitoring.retention import RetentionMetrics
from worker.retention.weeks import Weeks, kept_days
from worker.settings import Settings

LOG = "webhook_attempts"
WEEK = timedelta(days=7)


class Calendar:
    """An installation's time: PostgreSQL's, moved by so many days."""

    def __init__(self) -> None:
        self.days = 0.0
        self.seconds = 0.0

    def now(self, session: Session) -> datetime:
        return sweeps.moment(session) + timedelta(days=self.days)

    def move(self, days: float) -> None:
        self.days += days
        self.seconds += days * 86_400


def open_weeks(sessions: sessionmaker[Session], calendar: Calendar) -> tuple[Weeks, CollectorRegistry]:
    registry = CollectorRegistry()
    made = Weeks(
        {LOG: 30},
        sessions=sessions,
        metrics=RetentionMetrics(registry),
        seconds=lambda: calendar.seconds,
        now=calendar.now,
    )
    return made, registry


def tell(sessions: sessionmaker[Session], calendar: Calendar) -> str:
    """A line of the log of the calendar's moment; gives the partition that took it."""
    statement = text(
        "INSERT INTO webhook_attempts (message_id, attempt, outcome, seconds, at)"
        " VALUES (:message_id, 1, 'delivered', 0.1, :at) RETURNING tableoid::regclass::text"
    )
    with sessions.begin() as session:
        given = {"message_id": new_id(), "at": calendar.now(session)}
        return str(session.scalar(statement, given))


def test_over_half_a_year_each_line_has_its_partition_and_no_more_is_kept_than_asked(
    sweepers_sessions: sessionmaker[Session], owners_sessions: sessionmaker[Session]
) -> None:
    calendar = Calendar()
    calendar.move(-182)
    weeks, registry = open_weeks(sweepers_sessions, calendar)
    taken = []
    for _ in range(26):
        weeks.round()
        taken.append(tell(owners_sessions, calendar))
        calendar.move(7)
    weeks.round()
    assert f"{LOG}_rest" not in taken
    with owners_sessions() as session:
        now = calendar.now(session)
        left = partitions.listed(session, LOG)
        lines = delivery_log.latest(session, limit=100)
    assert all(now - timedelta(days=30) < partition.upto for partition in left)
    assert [each.at > now - timedelta(days=37) for each in lines] == [True] * len(lines)
    assert 4 <= len(lines) <= 6
    dropped = registry.get_sample_value("artgate_partitions_dropped_total", {"table": LOG})
    assert dropped is not None
    assert dropped + len(left) >= 26 + 5


def test_partitions_reach_five_weeks_ahead_of_whatever_time_it_is(
    sweepers_sessions: sessionmaker[Session],
) -> None:
    calendar = Calendar()
    weeks, registry = open_weeks(sweepers_sessions, calendar)
    for days in (0, 3, 40, 200):
        calendar.move(days)
        weeks.round()
        ahead = registry.get_sample_value("artgate_partitions_ahead_seconds", {"table": LOG})
        assert ahead is not None
        assert 35 <= ahead / 86_400 <= 42


def test_a_sweeper_that_was_away_too_long_brings_rows_from_the_rest_into_their_week(
    sweepers_sessions: sessionmaker[Session], owners_sessions: sessionmaker[Session]
) -> None:
    calendar = Calendar()
    calendar.move(100)
    assert tell(owners_sessions, calendar) == f"{LOG}_rest"
    weeks, _ = open_weeks(sweepers_sessions, calendar)
    weeks.round()
    with owners_sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM webhook_attempts_rest")) == 0
        assert session.scalar(text("SELECT count(*) FROM webhook_attempts")) == 1


def test_it_is_looked_after_once_an_hour_and_at_once_after_another_has_led(
    sweepers_sessions: sessionmaker[Session],
) -> None:
    calendar = Calendar()
    weeks, registry = open_weeks(sweepers_sessions, calendar)
    weeks.round()
    calendar.days = 60
    weeks.round()
    name, labels = "artgate_partitions_ahead_seconds", {"table": LOG}
    before = registry.get_sample_value(name, labels)
    with sweepers_sessions() as session:
        assert partitions.ahead_seconds(session, LOG, now=calendar.now(session)) == 0
    weeks.rest()
    assert registry.get_sample_value(name, labels) is None
    weeks.round()
    after = registry.get_sample_value(name, labels)
    assert before is not None
    assert after is not None
    assert min(before, after) >= 35 * 86_400


def test_a_table_in_use_is_tried_again_in_a_minute_and_is_said(
    sweepers_sessions: sessionmaker[Session],
    owners_sessions: sessionmaker[Session],
    caplog: pytest.LogCaptureFixture,
) -> None:
    calendar = Calendar()
    calendar.days = 60
    weeks, registry = open_weeks(sweepers_sessions, calendar)
    with owners_sessions() as session, caplog.at_level(logging.WARNING):
        session.execute(text("SELECT count(*) FROM webhook_attempts"))  # and goes on for long
        weeks.round()
    assert caplog.messages == ["partitions_not_kept"]
    assert registry.get_sample_value("artgate_retention_failures_total", {"table": LOG}) == 1
    assert registry.get_sample_value("artgate_partitions_ahead_seconds", {"table": LOG}) == 0
    calendar.seconds += 60
    weeks.round()
    assert registry.get_sample_value("artgate_partitions_ahead_seconds", {"table": LOG}) != 0


def test_the_log_is_kept_as_long_as_deliveries() -> None:
    assert kept_days(Settings(retention_deliveries_days=9)) == {LOG: 9}
