"""The daily measurement on real PostgreSQL, as the sweeper calls it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import SecretStr
from sqlalchemy import delete, text

from db.base import db_after
from db.engine import make_engine, make_sessions
from db.models import DriftDay, DriftReference, Verdict
from db.queries import daily, drift
from deploy.local.launch import free_port
from migrations.grants import Role
from migrations.roles import make_roles
from tests.db import factories
from tests.worker.drift.scans import DAY, HOUR, judged, scan
from tests.worker.inbox import Sessions, wait_until
from tests.worker.monitoring.catalogue import samples, value
from worker.drift.measure import LEAST, Waiting, measure
from worker.drift.watch import DriftWatch
from worker.monitoring.drift import DriftMetrics
from worker.settings import Settings
from worker.sweeper import run


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Of a database in which a bundle judges."""
    engine = make_engine(new_database(), pooled=False)
    yield make_sessions(engine)
    engine.dispose()


class Hours:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def told(registry: CollectorRegistry) -> dict[str, float]:
    page = generate_latest(registry).decode()
    return {
        dict(labels)["measure"]: value
        for (name, labels), value in samples(page).items()
        if name == "artgate_drift_index"
    }


def test_before_the_first_week_is_over_nothing_is_measured(sessions: Sessions) -> None:
    with sessions.begin() as session:
        assert measure(session) == Waiting(bundle_id=None, scans=0, ends_at=None)
    bundle = judged(sessions)
    with sessions.begin() as session:
        assert measure(session) == Waiting(bundle_id=bundle, scans=0, ends_at=None)
        scan(session, bundle, 30, since=6 * DAY, until=HOUR)
    with sessions.begin() as session:
        found = measure(session)
        assert isinstance(found, Waiting)
        assert (found.bundle_id, found.scans) == (bundle, 30)
        assert found.ends_at is not None
        assert session.get(DriftReference, bundle) is None


def test_a_week_with_too_few_scans_is_waited_out(sessions: Sessions) -> None:
    bundle = judged(sessions)
    with sessions.begin() as session:
        scan(session, bundle, LEAST - 1, since=20 * DAY, until=HOUR)
        assert isinstance(measure(session), Waiting)
        scan(session, bundle, 1, since=2 * HOUR, until=2 * HOUR)
        assert not isinstance(measure(session), Waiting)


def test_drift_is_measured_once_a_day_and_told(sessions: Sessions) -> None:
    bundle = judged(sessions)
    with sessions.begin() as session:
        scan(session, bundle, LEAST, since=10 * DAY, until=3 * DAY)
        scan(session, bundle, 240, since=DAY - HOUR, until=0)
    registry, clock = CollectorRegistry(), Hours()
    watch = DriftWatch(sessions, DriftMetrics(registry), clock=clock)
    watch.round()
    first = told(registry)
    assert {"scores", "embedding", "features_gabor"} <= set(first)
    assert max(first.values()) < 0.25

    with sessions.begin() as session:
        session.execute(delete(Verdict).where(Verdict.created_at > db_after(-DAY)))
        scan(session, bundle, 240, since=DAY - HOUR, until=0, moved=1.0)
    clock.now += 7200
    watch.round()
    assert told(registry) == first, "it was measured today"
    with sessions.begin() as session:
        session.execute(text("UPDATE drift_days SET day = day - 1"))
    watch.round()
    assert told(registry) == first, "asked for but once an hour"
    clock.now += 7200
    watch.round()
    moved = told(registry)
    assert min(moved[name] for name in ("scores", "embedding", "features_gabor")) > 0.25
    with sessions() as session:
        days = daily.course(session, DriftDay, bundle, days=10)
        assert [day.figures["scores"]["finding"] for day in days] == ["steady", "changed"]
        assert days[1].figures["scans"] == 240
        assert daily.latest(session, DriftDay) == [days[1]] == [daily.newest(session, DriftDay, bundle)]

    with sessions.begin() as session:
        session.execute(text("UPDATE drift_days SET measured_at = measured_at - interval '3 days'"))
        session.execute(text("UPDATE drift_references SET parts = 'x'"))
    clock.now += 7200
    watch.round()
    assert told(registry) == {}, "figures of old days are not told for ever"
    with sessions.begin() as session:
        session.execute(delete(DriftDay))
    clock.now += 7200
    watch.round()  # a reference that can't be read is logged, and sweeping goes on
    assert told(registry) == {}


def test_the_sweepers_role_may_do_all_of_it(sessions: Sessions, new_database: Callable[[], str]) -> None:
    url = new_database()
    make_roles(url)
    engine = make_engine(url, pooled=False)
    own = make_sessions(engine)
    bundle = judged(own)
    with own.begin() as session:
        scan(session, bundle, LEAST, since=10 * DAY, until=3 * DAY)
        scan(session, bundle, 20, since=2 * DAY, until=0)
    with own.begin() as session:
        session.execute(text(f"SET LOCAL ROLE {Role.SWEEPER}"))
        assert not isinstance(measure(session), Waiting)
        assert daily.measured_today(session, DriftDay, bundle)
    with own.begin() as session:
        session.execute(text(f"SET LOCAL ROLE {Role.OPERATOR}"))
        assert not isinstance(measure(session), Waiting)
    engine.dispose()


def test_the_bundle_that_judges_is_the_active_one_else_that_of_the_newest_scan(sessions: Sessions) -> None:
    with sessions.begin() as session:
        old, new = factories.bundle(session), factories.bundle(session)
        for bundle, ago in ((old, 2 * HOUR), (new, HOUR)):
            scan(session, bundle, 1, since=ago, until=ago)
        assert drift.speaking(session, "default") == new
    active = judged(sessions)
    with sessions() as session:
        assert drift.speaking(session, "default") == active


def test_a_running_sweeper_measures_and_tells_of_it_on_its_port(
    new_database: Callable[[], str], settings: Settings
) -> None:
    url = new_database()
    engine = make_engine(url, pooled=False)
    sessions = make_sessions(engine)
    bundle = judged(sessions)
    with sessions.begin() as session:
        scan(session, bundle, LEAST, since=10 * DAY, until=3 * DAY)
        scan(session, bundle, 220, since=DAY - HOUR, until=0, moved=1.0)
    engine.dispose()
    own = {"database_url": SecretStr(url), "sweep_interval": 0.05, "monitor_port": free_port()}
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(settings.model_copy(update=own), stop))
    thread.start()

    def told_of_scores() -> float | None:
        page = httpx.get(f"http://127.0.0.1:{own['monitor_port']}/metrics", trust_env=False, timeout=20)
        return value(page.text, "artgate_drift_index", measure="scores")

    try:
        wait_until(lambda: (told_of_scores() or 0) > 0.25, "the measurement")
    finally:
        stop.set()
        thread.join()
