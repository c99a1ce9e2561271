"""Counters of the desk's work, on real PostgreSQL: each step once, whoever took it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.models import HumanLabel
from tests.worker.filing import file_uncertain
from worker.monitoring.desk import DeskMetrics, DeskTail
from worker.review import deciding, desk

Sessions = sessionmaker[Session]
CLAIMS = "artgate_review_claims_total"
DECISIONS = "artgate_review_decisions_total"
GENUINE = {"label": "GENUINE", "stage": "first", "way": "person"}


@pytest.fixture
def desk_sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """A desk with three items that nobody else works at."""
    engine = make_engine(new_database(), application="tests")
    made = make_sessions(engine)
    with made.begin() as session:
        for number in range(3):
            file_uncertain(session, "uploads", f"{number}.png")
    yield made
    engine.dispose()


def tail_of(sessions: Sessions, settled: float = 0.0) -> tuple[DeskTail, CollectorRegistry]:
    registry = CollectorRegistry()
    return DeskTail(sessions, DeskMetrics(registry), settled_seconds=settled), registry


def work(sessions: Sessions, label: HumanLabel = HumanLabel.GENUINE, *, undo: bool = False) -> None:
    """Claim an item, renew its lease, decide it, and maybe take that back."""
    with sessions.begin() as session:
        item = desk.claim_next(session, "ada", lease_seconds=60)
        desk.renew(session, item.id, "ada", item.lease_number, lease_seconds=60)
    with sessions.begin() as session:
        given = {"label": label, "note": None, "undo_seconds": 60.0}
        deciding.decide(session, item.id, "ada", item.lease_number, **given)  # type: ignore[arg-type]
    if undo:
        with sessions.begin() as session:
            deciding.undo(session, item.id, "ada", item.lease_number, undo_seconds=60, lease_seconds=60)


def test_claims_decisions_and_the_time_between_are_counted_once(desk_sessions: Sessions) -> None:
    """A renewed lease is no second claim; an undo claims anew."""
    tail, registry = tail_of(desk_sessions)
    tail.read()
    work(desk_sessions)
    work(desk_sessions, HumanLabel.SYNTHETIC, undo=True)
    tail.read()
    tail.read()

    assert registry.get_sample_value(CLAIMS, {"kind": "uncertain"}) == 3
    assert registry.get_sample_value(CLAIMS, {"kind": "refusal"}) == 0
    assert registry.get_sample_value(DECISIONS, GENUINE) == 1
    assert registry.get_sample_value(DECISIONS, GENUINE | {"label": "SYNTHETIC"}) == 1
    assert registry.get_sample_value("artgate_review_retractions_total") == 1
    assert registry.get_sample_value("artgate_review_decision_seconds_count", {"stage": "first"}) == 2
    seconds = registry.get_sample_value("artgate_review_decision_seconds_sum", {"stage": "first"})
    assert seconds is not None
    assert 0 < seconds < 60


def test_what_was_there_before_the_first_look_is_not_counted(desk_sessions: Sessions) -> None:
    work(desk_sessions)
    tail, registry = tail_of(desk_sessions)
    tail.read()
    tail.read()
    assert registry.get_sample_value(CLAIMS, {"kind": "uncertain"}) == 0
    assert registry.get_sample_value(DECISIONS, GENUINE) == 0


def test_a_sweeper_that_stood_by_counts_from_when_it_leads(desk_sessions: Sessions) -> None:
    tail, registry = tail_of(desk_sessions)
    tail.read()
    tail.rest()
    work(desk_sessions)
    tail.read()
    work(desk_sessions)
    tail.read()
    assert registry.get_sample_value(DECISIONS, GENUINE) == 1


def test_what_may_still_be_passed_by_a_commit_is_left_for_later(desk_sessions: Sessions) -> None:
    tail, registry = tail_of(desk_sessions, settled=3600)
    tail.read()
    work(desk_sessions)
    tail.read()
    assert registry.get_sample_value(DECISIONS, GENUINE) == 0
