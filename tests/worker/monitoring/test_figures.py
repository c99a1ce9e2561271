"""Figures of PostgreSQL and the broker, read when they are asked for."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from db.engine import make_engine, make_sessions
from tests.worker.inbox import Sessions, take_in
from worker.dispatch import Dispatcher
from worker.monitoring.figures import Figures
from worker.monitoring.metrics import FigureMetrics

RECEIVED = {"queue": "scan", "state": "received"}


def test_what_waits_is_read_at_most_once_in_a_few_seconds(sessions: Sessions, dispatcher: Dispatcher) -> None:
    """More scrapers are not more queries."""
    registry, now = CollectorRegistry(), 0.0
    figures = Figures(FigureMetrics(registry), sessions=sessions, dispatcher=dispatcher, clock=lambda: now)
    waiting = []
    for second in (0.0, 4.0, 6.0):
        now = second
        take_in(sessions, "art", f"{second}.png")
        figures.refresh()
        waiting.append(registry.get_sample_value("artgate_events_waiting", RECEIVED))
    assert waiting == [1, 1, 3]
    assert registry.get_sample_value("artgate_database_up") == 1
    assert registry.get_sample_value("artgate_broker_up") == 1
    assert registry.get_sample_value("artgate_broker_ready_messages", {"queue": "scan"}) == 0


def test_servers_that_are_away_are_told_of_and_break_no_scrape(dispatcher: Dispatcher) -> None:
    registry = CollectorRegistry()
    away = make_sessions(make_engine("postgresql://nobody@127.0.0.1:9/nothing", pooled=False))
    Figures(FigureMetrics(registry), sessions=away, dispatcher=dispatcher).refresh()
    assert registry.get_sample_value("artgate_database_up") == 0
    assert registry.get_sample_value("artgate_broker_up") == 1
