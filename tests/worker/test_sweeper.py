"""The sweeper on a real database and a real broker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import pytest
import redis
from pydantic import SecretStr
from sqlalchemy import text

from db.engine import make_engine, make_sessions
from db.models.events import EventState, WorkQueue
from db.queries import audit, claims
from db.queries.events import mark_queued
from deploy.local.launch import free_port
from deploy.local.valkey import Valkey
from tests.worker.inbox import Sessions, standing, take_in, wait_until
from tests.worker.monitoring.catalogue import value
from worker.attempts import limits_of
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.leadership import Leadership
from worker.settings import Settings
from worker.sweeper import Sweeper, run


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """A database for each test: the sweeper looks at everything there is."""
    engine = make_engine(new_database())
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def settings(own_valkey: Valkey) -> Settings:
    return Settings(
        broker_url=type(Settings().broker_url)(own_valkey.url),
        sweep_grace=0,
        queued_deadline=60,
        sweep_batch=3,
    )


@pytest.fixture
def dispatcher(settings: Settings) -> Iterator[Dispatcher]:
    made = Dispatcher(settings)
    yield made
    made.close()


@pytest.fixture
def sweeper(settings: Settings, sessions: Sessions, dispatcher: Dispatcher) -> Sweeper:
    return Sweeper(settings, sessions=sessions, dispatcher=dispatcher)


def sweep(sweeper: Sweeper) -> None:
    """Rounds until one finds nothing more."""
    while sweeper.sweep():
        pass


def ready(dispatcher: Dispatcher, queue: WorkQueue = WorkQueue.SCAN) -> int:
    depth = dispatcher.depth()
    assert depth is not None
    return depth.ready[queue]


def claim(sessions: Sessions, event_id: UUID, *, lease_seconds: float = 60) -> claims.Claim | None:
    with sessions.begin() as session:
        return claims.claim(
            session,
            event_id,
            holder="test",
            lease_seconds=lease_seconds,
            limits=limits_of(Settings()),
            new_id=new_id,
        )


def grow_old(sessions: Sessions, seconds: int) -> None:
    """Let every event have been enqueued earlier than it was."""
    with sessions.begin() as session:
        session.execute(
            text("UPDATE events SET queued_at = queued_at - make_interval(secs => :s)"), {"s": seconds}
        )


def test_what_was_committed_and_never_enqueued_gets_one_message(
    sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher
) -> None:
    ids = [take_in(sessions, "art", f"{number}.png") for number in range(7)]
    sweep(sweeper)
    sweep(sweeper)
    assert ready(dispatcher) == 7
    assert {standing(sessions, event_id).state for event_id in ids} == {EventState.QUEUED}


def test_bulk_work_goes_to_its_own_queue(
    sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher
) -> None:
    take_in(sessions, "art", "bulk.png", queue=WorkQueue.RESCAN)
    sweep(sweeper)
    assert (ready(dispatcher, WorkQueue.SCAN), ready(dispatcher, WorkQueue.RESCAN)) == (0, 1)


def test_a_backlog_is_never_multiplied(sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher) -> None:
    for number in range(7):
        take_in(sessions, "art", f"{number}.png")
    for _ in range(4):
        sweep(sweeper)
        grow_old(sessions, 600)
    assert ready(dispatcher) == 7


def test_only_as_many_messages_are_made_anew_as_the_broker_lacks(
    sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher, own_valkey: Valkey
) -> None:
    for number in range(7):
        take_in(sessions, "art", f"{number}.png")
    sweep(sweeper)
    with redis.Redis.from_url(own_valkey.url) as client:
        client.lpop("scan", 2)
    sweep(sweeper)
    assert ready(dispatcher) == 5, "a young message may be on its way"
    grow_old(sessions, 600)
    sweep(sweeper)
    assert ready(dispatcher) == 7


def test_a_wiped_broker_gets_every_queued_event_back_at_once(
    sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher, own_valkey: Valkey
) -> None:
    for number in range(10):
        take_in(sessions, "art", f"{number}.png")
    sweep(sweeper)
    own_valkey.kill()
    own_valkey.start()
    sweep(sweeper)
    assert ready(dispatcher) == 10
    sweep(sweeper)
    assert ready(dispatcher) == 10


def test_a_rebuild_stops_after_the_batch_under_way_and_is_done_again(
    settings: Settings, sessions: Sessions, dispatcher: Dispatcher, own_valkey: Valkey
) -> None:
    """SIGTERM does not wait for a long backlog."""
    for n in range(7):
        take_in(sessions, "art", f"{n}.png")
    sweep(Sweeper(settings, sessions=sessions, dispatcher=dispatcher))
    own_valkey.kill()
    own_valkey.start()
    stop = threading.Event()
    stop.set()
    Sweeper(settings, sessions=sessions, dispatcher=dispatcher, stop=stop).sweep()
    assert ready(dispatcher) == settings.sweep_batch
    assert (dispatcher.epoch() or "").startswith("rebuilding:")
    sweep(Sweeper(settings, sessions=sessions, dispatcher=dispatcher))
    assert (dispatcher.epoch() or "").startswith("whole:")


def test_a_rebuild_that_was_cut_off_is_done_again(
    sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher
) -> None:
    event_id = take_in(sessions, "art", "a.png")
    with sessions.begin() as session:
        mark_queued(session, [event_id])
    dispatcher.mark_epoch("rebuilding:of-a-sweeper-that-died")
    sweep(sweeper)
    assert ready(dispatcher) == 1
    assert (dispatcher.epoch() or "").startswith("whole:")


def test_a_lease_that_ran_out_is_taken_back_and_enqueued(
    sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher
) -> None:
    event_id = take_in(sessions, "art", "a.png")
    assert claim(sessions, event_id, lease_seconds=0)
    sweep(sweeper)
    assert ready(dispatcher) == 1
    assert standing(sessions, event_id).state is EventState.QUEUED


def test_a_running_lease_is_left_alone(sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher) -> None:
    event_id = take_in(sessions, "art", "a.png")
    assert claim(sessions, event_id)
    sweep(sweeper)
    assert ready(dispatcher) == 0
    assert standing(sessions, event_id).state is EventState.CLAIMED


def test_leases_that_run_out_again_and_again_end_in_a_reason(
    settings: Settings, sessions: Sessions, dispatcher: Dispatcher
) -> None:
    sweeper = Sweeper(settings, sessions=sessions, dispatcher=dispatcher)
    event_id = take_in(sessions, "art", "a.png")
    for _ in range(settings.max_losses):
        assert claim(sessions, event_id, lease_seconds=0)
        sweep(sweeper)
    ended = standing(sessions, event_id)
    assert (ended.state, ended.reason) == (EventState.DEAD, "attempts_exhausted")


def test_an_event_waits_until_its_time_has_come(
    settings: Settings, sweeper: Sweeper, sessions: Sessions, dispatcher: Dispatcher
) -> None:
    event_id = take_in(sessions, "art", "a.png")
    held = claim(sessions, event_id)
    assert held is not None
    with sessions.begin() as session:
        claims.retry_later(
            session,
            event_id,
            held.lease_number,
            delay_seconds=300,
            reason="storage_unavailable",
            detail="away",
            limits=limits_of(settings),
            new_id=new_id,
        )
    sweep(sweeper)
    assert ready(dispatcher) == 0
    with sessions.begin() as session:
        session.execute(text("UPDATE events SET not_before = now()"))
    sweep(sweeper)
    assert ready(dispatcher) == 1


def test_with_the_broker_down_the_rows_wait(sweeper: Sweeper, sessions: Sessions, own_valkey: Valkey) -> None:
    event_id = take_in(sessions, "art", "a.png")
    own_valkey.kill()
    assert not sweeper.sweep()
    assert standing(sessions, event_id).state is EventState.RECEIVED


def test_one_sweeper_leads_and_another_takes_over_when_it_is_gone(database: str) -> None:
    engine = make_engine(database, pooled=False)
    first, second = Leadership(engine, 7), Leadership(engine, 7)
    assert first.held()
    assert not second.held()
    assert first.held()
    first.close()
    wait_until(second.held, "the lead, which PostgreSQL frees when it has noticed the end")
    second.close()


def test_the_sweeper_chains_the_audit_log_and_leaves_a_broken_chain_alone(
    settings: Settings, sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    with sessions() as session:
        url = session.get_bind().engine.url.render_as_string(hide_password=False)
    keyed = {
        "audit_keys": (SecretStr("k" * 32),),
        "database_url": SecretStr(url),
        "sweep_interval": 0.05,
        "monitor_port": free_port(),
    }
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(settings.model_copy(update=keyed), stop))
    thread.start()
    try:
        _change_a_reviewer(sessions)
        wait_until(lambda: _waiting(sessions) == 0, "the entry's link")
        assert _broken(keyed["monitor_port"]) == 0
        with sessions.begin() as session:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text("DELETE FROM audit_heads"))
        _change_a_reviewer(sessions)
        wait_until(lambda: "audit_broken" in caplog.messages, "the complaint")
        assert _broken(keyed["monitor_port"]) == 1
    finally:
        stop.set()
        thread.join()
    assert _waiting(sessions) == 1
    assert caplog.messages.count("audit_broken") == 1


def _broken(port: object) -> float | None:
    """What the sweeper's metrics say of the chain."""
    page = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False, timeout=20).text
    return value(page, "artgate_audit_broken")


def _change_a_reviewer(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("INSERT INTO reviewers (name) VALUES (gen_random_uuid()::text)"))


def _waiting(sessions: Sessions) -> int:
    with sessions() as session:
        return audit.count_pending(session)
