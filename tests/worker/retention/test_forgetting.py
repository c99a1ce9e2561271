"""What the sweeper deletes by age: under its own role, in batches, each table by itself."""

from __future__ import annotations

import logging

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from worker.monitoring.retention import RetentionMetrics
from worker.retention.forgetting import Forgetting, Rule, rules_of
from worker.settings import Settings

DAY = 86_400.0
ANSWER = (
    "INSERT INTO kept_answers (key, request, status, body, created_at)"
    " SELECT sha256(n::text::bytea), sha256(''), 200, '{}', now() - interval '2 days'"
    " FROM generate_series(1, :rows) n"
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def open_forgetting(
    rules: tuple[Rule, ...], sessions: sessionmaker[Session], clock: Clock, *, batch: int = 10
) -> tuple[Forgetting, CollectorRegistry]:
    registry = CollectorRegistry()
    made = Forgetting(
        rules, sessions=sessions, metrics=RetentionMetrics(registry), batch=batch, seconds=clock
    )
    return made, registry


def test_by_default_messages_and_vectors_are_kept_and_the_rest_has_its_time() -> None:
    kept = {rule.table: rule.kept_seconds / DAY for rule in rules_of(Settings())}
    assert kept.pop("allowances") == 3600 / DAY
    assert kept == {
        "webhook_deliveries": 30,
        "webhook_attempts": 30,
        "sign_in_attempts": 30,
        "browser_sessions": 30,
        "oidc_attempts": 30,
        "kept_answers": 1,
    }


def test_days_in_the_settings_are_days_of_the_rules() -> None:
    settings = Settings(retention_messages_days=90, retention_features_days=365, api_answers_kept=60)
    kept = {rule.table: rule.kept_seconds for rule in rules_of(settings)}
    assert (kept["outbox"], kept["features"], kept["kept_answers"]) == (90 * DAY, 365 * DAY, 60)


def test_no_rule_is_for_what_is_never_deleted() -> None:
    everything = Settings(retention_messages_days=1, retention_features_days=1)
    never = {"verdicts", "decisions", "retractions", "review_acts", "events", "images", "audit_entries"}
    assert not never & {rule.table for rule in rules_of(everything)}


def test_a_bucket_that_is_not_full_again_is_not_forgotten() -> None:
    slow = Settings(api_per_second=0.01, api_burst=100)
    assert {rule.table: rule.kept_seconds for rule in rules_of(slow)}["allowances"] == 10_000


def test_the_sweepers_role_may_do_all_of_it(
    owners_sessions: sessionmaker[Session],
    sweepers_sessions: sessionmaker[Session],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with owners_sessions.begin() as session:
        session.execute(text(ANSWER), {"rows": 3})
    everything = Settings(retention_messages_days=1, retention_features_days=1)
    forgetting, registry = open_forgetting(rules_of(everything), sweepers_sessions, Clock())
    with caplog.at_level(logging.WARNING):
        assert not forgetting.round()
    assert caplog.messages == []
    deleted = {rule.table: _value(registry, "rows_deleted", rule.table) for rule in rules_of(everything)}
    assert deleted.pop("kept_answers") == 3
    assert set(deleted.values()) == {0}


def test_a_full_batch_is_followed_at_once_and_a_table_with_nothing_old_rests(
    owners_sessions: sessionmaker[Session],
) -> None:
    with owners_sessions.begin() as session:
        session.execute(text(ANSWER), {"rows": 25})
    clock = Clock()
    forgetting, registry = open_forgetting(rules_of(Settings()), owners_sessions, clock)
    assert [forgetting.round() for _ in range(3)] == [True, True, False]
    assert _value(registry, "rows_deleted", "kept_answers") == 25
    with owners_sessions.begin() as session:
        session.execute(text(ANSWER), {"rows": 1})
    forgetting.round()
    assert _value(registry, "rows_deleted", "kept_answers") == 25
    clock.seconds += 60
    forgetting.round()
    assert _value(registry, "rows_deleted", "kept_answers") == 26


def test_a_table_that_can_not_be_deleted_from_holds_up_no_other(
    owners_sessions: sessionmaker[Session], caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(session: Session, *, older_seconds: float, limit: int) -> int:
        session.execute(text("SELECT 1 / 0"))
        raise AssertionError("PostgreSQL refuses that")

    with owners_sessions.begin() as session:
        session.execute(text(ANSWER), {"rows": 1})
    broken = Rule(table="broken", kept_seconds=1, forgets=breaks)
    forgetting, registry = open_forgetting((broken, *rules_of(Settings())), owners_sessions, Clock())
    with caplog.at_level(logging.WARNING):
        assert not forgetting.round()
    assert caplog.messages == ["not_forgotten"]
    assert _value(registry, "retention_failures", "broken") == 1
    assert _value(registry, "rows_deleted", "kept_answers") == 1


def test_a_database_that_is_away_is_the_loops_matter(owners_sessions: sessionmaker[Session]) -> None:
    def cut(session: Session, *, older_seconds: float, limit: int) -> int:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        raise AssertionError("the connection is gone")

    rule = Rule(table="cut", kept_seconds=1, forgets=cut)
    forgetting, _ = open_forgetting((rule,), owners_sessions, Clock())
    with pytest.raises(OperationalError):
        forgetting.round()


def _value(registry: CollectorRegistry, name: str, table: str) -> float | None:
    return registry.get_sample_value(f"artgate_{name}_total", {"table": table})
