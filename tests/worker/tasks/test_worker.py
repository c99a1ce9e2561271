"""The worker as it is run: pool, broker, database and storage are real."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from celery import Celery
from sqlalchemy import func, select

from db.engine import make_engine, make_sessions
from db.models import EventState, RolloutAction, ShadowVerdict, Verdict, WorkQueue
from db.queries import verdicts
from db.queries.events import Standing
from deploy.local.valkey import Valkey
from tests.bundles import make_bundle
from tests.pictures import jpeg
from tests.servers import Bucket, settings_for
from tests.worker.inbox import Sessions, standing, take_in, wait_until, wait_until_terminal
from tests.worker.running import Running, artgate
from worker.bundles import activate, open_bundle, register
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.rollout import steps
from worker.settings import Settings


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(
        update={
            "bundle": tiny_bundle,
            "worker_children": 1,
            "max_tasks_per_child": 20,
            "lease_seconds": 30,
            "sweep_interval": 0.1,
            "sweep_grace": 0.0,
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worker")


@pytest.fixture(scope="module")
def worker(settings: Settings, folder: Path) -> Iterator[Running]:
    with artgate("worker", settings, folder) as running:
        running.wait_until_said("bundle_loaded")
        yield running


@pytest.fixture
def upload(sessions: Sessions, bucket: Bucket, request: pytest.FixtureRequest) -> Callable[[], UUID]:
    """Stores a picture and commits its event; nothing is enqueued."""
    count = 0

    def store() -> UUID:
        nonlocal count
        count += 1
        key = f"{request.node.name}/{count}.jpg"
        return take_in(sessions, bucket.name, key, etag=bucket.put(key, jpeg(64, 64, seed=count)))

    return store


def test_messages_become_verdicts_and_doubles_change_nothing(
    worker: Running, dispatcher: Dispatcher, sessions: Sessions, upload: Callable[[], UUID]
) -> None:
    ids = [upload() for _ in range(3)]
    for event_id in ids * 3:
        dispatcher.send(event_id)
    ended = wait_until_terminal(sessions, ids)
    assert [(each.state, each.attempts) for each in ended] == [(EventState.DONE, 1)] * 3
    with sessions() as session:
        of_these = Verdict.image_id.in_([each.image_id for each in ended])
        assert session.execute(select(func.count()).where(of_these)).scalar_one() == 3


def test_a_message_that_is_no_scan_harms_nobody(
    worker: Running,
    settings: Settings,
    dispatcher: Dispatcher,
    sessions: Sessions,
    upload: Callable[[], UUID],
) -> None:
    with Celery(broker=settings.broker_url.get_secret_value(), set_as_current=False) as sender:
        for task, arguments in (
            ("artgate.scan", {"event_id": "no id"}),
            ("artgate.scan", {"event_id": str(new_id())}),
            ("artgate.scan", {}),
            ("artgate.no_such_task", {}),
        ):
            sender.send_task(task, kwargs=arguments, queue="scan")
    event_id = upload()
    dispatcher.send(event_id)
    assert wait_until_terminal(sessions, [event_id])[0].state is EventState.DONE


def test_uploads_go_before_bulk_work(
    settings: Settings,
    dispatcher: Dispatcher,
    sessions: Sessions,
    upload: Callable[[], UUID],
    folder: Path,
    worker: Running,
) -> None:
    child = worker.children()[0]
    os.kill(child, signal.SIGSTOP)
    bulk = [upload() for _ in range(3)]
    for event_id in bulk:
        dispatcher.send(event_id, WorkQueue.RESCAN)
    urgent = [upload() for _ in range(3)]
    for event_id in urgent:
        dispatcher.send(event_id)
    os.kill(child, signal.SIGCONT)
    ended = wait_until_terminal(sessions, [*bulk, *urgent])
    finished = [each.finished_at for each in ended]
    # The broker had given one or two bulk messages to the worker before the uploads came.
    assert all(finished)
    assert max(map(str, finished[3:])) < max(map(str, finished[:3]))


def test_an_activated_bundle_is_taken_up_without_a_restart(
    worker: Running,
    settings: Settings,
    dispatcher: Dispatcher,
    sessions: Sessions,
    upload: Callable[[], UUID],
    tmp_path: Path,
) -> None:
    before, after = upload(), upload()
    dispatcher.send(before)
    first = bundle_of(sessions, wait_until_terminal(sessions, [before])[0])
    activated = activate(make_bundle(tmp_path, seed=5), settings, sessions)
    dispatcher.send(after)
    second = bundle_of(sessions, wait_until_terminal(sessions, [after])[0])
    assert second == activated != first


def bundle_of(sessions: Sessions, standing: Standing) -> str:
    """Which bundle's verdict answers an event."""
    assert standing.image_id is not None
    with sessions() as session:
        known = verdicts.of_image(session, standing.image_id)
    return next(verdict.bundle_id for verdict in known if verdict.id == standing.verdict_id)


def test_recycled_children_lose_nothing(
    settings: Settings,
    sessions: Sessions,
    dispatcher: Dispatcher,
    upload: Callable[[], UUID],
    worker: Running,
) -> None:
    first = worker.children()
    ids = [upload() for _ in range(25)]
    for event_id in ids:
        dispatcher.send(event_id)
    assert {each.state for each in wait_until_terminal(sessions, ids, seconds=60)} == {EventState.DONE}
    wait_until(lambda: worker.children() not in ([], first), "another child")


def test_a_worker_that_is_killed_outright_leaves_its_work_to_another(
    settings: Settings,
    bucket: Bucket,
    new_database: Callable[[], str],
    new_broker: Callable[[], str],
    tmp_path: Path,
) -> None:
    """The lost host: neither its children nor its parent can say a word."""
    database = new_database()
    quick = settings.model_copy(
        update=settings_for(
            database=database, broker=new_broker(), bucket=bucket, lease_seconds=1, worker_children=1
        ).model_dump(include={"database_url", "broker_url", "lease_seconds", "worker_children"})
    )
    engine = make_engine(database)
    sessions = make_sessions(engine)
    key = "lost.jpg"
    event_id = take_in(sessions, bucket.name, key, etag=bucket.put(key, jpeg()))
    with artgate("worker", quick, tmp_path / "first") as first:
        first.wait_until_said("bundle_loaded")
        child = first.children()[0]
        os.kill(child, signal.SIGSTOP)  # the claim is not made, the message is taken
        Dispatcher(quick).send(event_id)
        first.kill()
    with (
        artgate("sweeper", quick.model_copy(update={"queued_deadline": 1}), tmp_path),
        artgate("worker", quick, tmp_path / "second"),
    ):
        assert wait_until_terminal(sessions, [event_id])[0].state is EventState.DONE
    engine.dispose()


def test_sigterm_finishes_what_runs_and_takes_nothing_new(
    settings: Settings, bucket: Bucket, own_valkey: Valkey, new_database: Callable[[], str], tmp_path: Path
) -> None:
    database = new_database()
    own = settings.model_copy(
        update=settings_for(database=database, broker=own_valkey.url, bucket=bucket).model_dump(
            include={"database_url", "broker_url"}
        )
    )
    engine = make_engine(database)
    sessions = make_sessions(engine)
    ids = [
        take_in(sessions, bucket.name, f"{n}.jpg", etag=bucket.put(f"{n}.jpg", jpeg(seed=n)))
        for n in range(8)
    ]
    dispatcher = Dispatcher(own)
    with artgate("worker", own, tmp_path) as worker:
        worker.wait_until_said("bundle_loaded")
        for event_id in ids:
            dispatcher.send(event_id)
        wait_until(lambda: standing(sessions, ids[0]).state is not EventState.RECEIVED, "the first claim")
        assert worker.terminate(20) == 0
    states = [standing(sessions, event_id).state for event_id in ids]
    assert EventState.CLAIMED not in states
    left = states.count(EventState.RECEIVED)
    depth = dispatcher.depth()
    assert depth is not None
    assert depth.total == left, "what was not begun is still in the broker"
    dispatcher.close()
    engine.dispose()


def test_a_worker_waits_for_a_broker_that_is_away(
    settings: Settings, sessions: Sessions, own_valkey: Valkey, upload: Callable[[], UUID], tmp_path: Path
) -> None:
    own = settings.model_copy(update={"broker_url": type(settings.broker_url)(own_valkey.url)})
    dispatcher = Dispatcher(own)
    with artgate("worker", own, tmp_path) as worker, artgate("sweeper", own, tmp_path):
        worker.wait_until_said("bundle_loaded")
        own_valkey.kill()
        event_id = upload()
        own_valkey.start()
        assert wait_until_terminal(sessions, [event_id])[0].state is EventState.DONE
    dispatcher.close()


def test_a_bundle_on_trial_looks_on_then_decides_and_is_taken_back_while_the_worker_runs(
    worker: Running,
    settings: Settings,
    dispatcher: Dispatcher,
    sessions: Sessions,
    upload: Callable[[], UUID],
    tmp_path: Path,
) -> None:
    """Each upload has the one verdict of the bundle that decides at that moment."""

    def judged_by() -> str:
        event_id = upload()
        dispatcher.send(event_id)
        return bundle_of(sessions, wait_until_terminal(sessions, [event_id])[0])

    def looked_on(bundle_id: str) -> int:
        with sessions() as session:
            query = select(func.count()).where(ShadowVerdict.bundle_id == bundle_id)
            return session.execute(query).scalar_one()

    usual, path = judged_by(), make_bundle(tmp_path, seed=6)
    trial = open_bundle(path, settings)
    with sessions.begin() as session:
        register(session, trial, path)
        steps.take(session, RolloutAction.SHADOW, trial.bundle.id, person="ada", reason="first", share=1.0)
    assert judged_by() == usual
    wait_until(lambda: looked_on(trial.bundle.id) == 1, "what the shadow says")
    with sessions.begin() as session:
        steps.take(session, RolloutAction.CANARY, trial.bundle.id, person="ada", reason="then", share=1.0)
    assert judged_by() == trial.bundle.id
    wait_until(lambda: looked_on(usual) == 1, "what the other one says")
    with sessions.begin() as session:
        steps.roll_back(session, person="ada", reason="enough")
    assert judged_by() == usual
    assert (looked_on(trial.bundle.id), looked_on(usual)) == (1, 1)
