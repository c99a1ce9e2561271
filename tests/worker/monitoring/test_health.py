"""What live and ready mean."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from sqlalchemy import text

from db.engine import make_engine, make_sessions
from deploy.local.valkey import Valkey
from migrations.runner import revisions
from tests.databases import Databases
from tests.worker.inbox import Sessions
from worker.dispatch import Dispatcher
from worker.monitoring.apart import Counter
from worker.monitoring.health import DatabaseReady, Health, Pulse, Together, broker_ready
from worker.monitoring.metrics import ScanMetrics
from worker.monitoring.telling import Opened, Turned
from worker.settings import Settings


class Clock:
    """A clock that tests move."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_loop_that_stands_still_longer_than_its_bound_is_dead() -> None:
    clock = Clock()
    pulse = Pulse(bound=10, clock=clock)
    clock.now = 10.0
    assert pulse.check() is None
    clock.now = 11.0
    assert pulse.check() == "the loop has not turned for 11 s; restart the process"
    pulse.beat()
    assert pulse.check() is None


def test_the_first_thing_that_is_wrong_is_said() -> None:
    health = Health(live=lambda: None, ready=(lambda: None, lambda: "first", lambda: "second"))
    assert health.trouble() == "first"
    assert Health(live=lambda: None, ready=(lambda: None,)).trouble() is None


def test_a_database_is_ready_with_this_release_s_schema_or_a_newer_one(sessions: Sessions) -> None:
    """A roll-out migrates first: the release before must go on."""
    ready = DatabaseReady(sessions)
    head, before = revisions()[:2]
    said = {}
    for revision in (head, "9999", before):
        with sessions.begin() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        said[revision] = ready()
    with sessions.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": head})

    assert said[head] is said["9999"] is None
    assert said[before] == (
        f"the schema is at revision {before}, this version needs {head}; run `artgate db upgrade`"
    )


def test_a_database_without_tables_or_without_a_server_is_not_ready(databases: Databases) -> None:
    empty = make_sessions(make_engine(databases.empty(), pooled=False))
    assert "revision none" in str(DatabaseReady(empty)())
    away = make_sessions(make_engine("postgresql://artgate:secret@127.0.0.1:9/artgate", pooled=False))
    said = str(DatabaseReady(away)())
    assert said.startswith("the database does not answer")
    assert "secret" not in said


def test_a_broker_that_does_not_answer_is_not_ready(own_broker: Settings, own_valkey: Valkey) -> None:
    dispatcher = Dispatcher(own_broker)
    assert broker_ready(dispatcher)() is None
    own_valkey.kill()
    assert broker_ready(dispatcher)() == (
        "the broker does not answer; start it, or correct ARTGATE_BROKER_URL"
    )
    dispatcher.close()


def test_loops_that_beat_together_are_alive_only_as_long_as_each_turns() -> None:
    clock = Clock()
    pulse = Pulse(bound=10, clock=clock)
    loops = Together(2, pulse.beat)
    for _ in range(3):
        clock.now += 6.0
        loops.turned(0)
        loops.turned(1)
        loops.turned(0)
        assert pulse.check() is None
    for _ in range(3):
        clock.now += 6.0
        loops.turned(0)
    assert pulse.check() is not None, "the other one stands"
    loops.turned(1)
    assert pulse.check() is None


def counter(pulse: Pulse, broker: Callable[[], str | None]) -> Counter:
    return Counter(ScanMetrics(CollectorRegistry()), pulse, broker)


def test_a_worker_whose_broker_is_away_lives_on_and_a_stuck_one_does_not() -> None:
    """Its loop stands still in both cases: Celery waits in place for its broker."""
    clock = Clock()
    for broker, dead in (("away", False), (None, True)):
        pulse = Pulse(bound=10, clock=clock)
        heard = counter(pulse, lambda broker=broker: broker)  # type: ignore[misc]
        for _ in range(5):
            clock.now += 6.0
            heard.idle()
        assert (pulse.check() is not None) is dead
        heard.hear(Turned(children=1))
        assert pulse.check() is None


def test_a_worker_is_ready_once_a_child_can_scan() -> None:
    heard = counter(Pulse(bound=10), lambda: None)
    assert heard.loaded() == "no child has loaded its models yet"
    heard.hear(Opened(trouble="there are no weights; run `artgate weights fetch`"))
    assert heard.loaded() == "there are no weights; run `artgate weights fetch`"
    heard.hear(Opened(trouble=None))
    assert heard.loaded() is None
