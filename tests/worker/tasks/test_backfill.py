"""Backfills on a real worker, between uploads; and what a child does when one can't go on."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.models import BackfillState, EventState, Verdict, VerdictOrigin
from db.queries import backfills
from detector.reasons import Fault, Reason
from tests.bundles import make_bundle
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.filing import file_bundle
from tests.worker.inbox import Sessions, take_in, wait_until, wait_until_terminal
from tests.worker.running import Running, artgate
from worker.backfill import run as runs
from worker.backfill.judge import open_judge
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.settings import Settings
from worker.tasks.child import Child
from worker.tasks.parent import Parent

PICTURES = 4


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(update={"bundle": tiny_bundle, "worker_children": 1, "fault_delay": 1.0})


@pytest.fixture(scope="module")
def worker(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with artgate("worker", settings, tmp_path_factory.mktemp("worker")) as running:
        running.wait_until_said("bundle_loaded")
        yield running


@pytest.fixture(scope="module")
def uploads(worker: Running, dispatcher: Dispatcher, sessions: Sessions, bucket: Bucket) -> list[UUID]:
    """Images that the worker has scanned."""
    ids = []
    for seed in range(PICTURES):
        key = f"{seed}.jpg"
        ids.append(take_in(sessions, bucket.name, key, etag=bucket.put(key, jpeg(64, 64, seed=seed))))
        dispatcher.send(ids[-1])
    ended = wait_until_terminal(sessions, ids, seconds=60)
    assert {each.state for each in ended} == {EventState.DONE}
    return [each.image_id for each in ended if each.image_id]


def begin(sessions: Sessions, settings: Settings, bundle: Path) -> UUID:
    with open_judge(settings, bundle) as judge, sessions.begin() as session:
        judge.register(session, bundle)
        return runs.begin(session, judge.bundle_id, PICTURES).id


def state_of(sessions: Sessions, run: UUID) -> BackfillState:
    with sessions() as session:
        found = backfills.get(session, run)
    assert found is not None
    return found.state


def written(sessions: Sessions, bundle_of: UUID) -> int:
    with sessions() as session:
        run = backfills.get(session, bundle_of)
        assert run is not None
        query = select(func.count()).where(
            Verdict.bundle_id == run.bundle_id, Verdict.origin == VerdictOrigin.BACKFILL
        )
        return session.execute(query).scalar_one()


def test_a_worker_carries_a_backfill_to_its_end(
    uploads: list[UUID], sessions: Sessions, settings: Settings, dispatcher: Dispatcher, tmp_path: Path
) -> None:
    run = begin(sessions, settings, make_bundle(tmp_path, seed=1))
    dispatcher.send_backfill(run)
    wait_until(lambda: state_of(sessions, run) is BackfillState.DONE, "the end of the run")
    assert written(sessions, run) == len(uploads) == PICTURES


def test_a_run_whose_bundle_is_away_waits_for_it_while_uploads_go_on(
    uploads: list[UUID],
    worker: Running,
    sessions: Sessions,
    settings: Settings,
    dispatcher: Dispatcher,
    bucket: Bucket,
    tmp_path: Path,
) -> None:
    """The message stays; nothing is held against the run."""
    path = make_bundle(tmp_path, seed=2)
    run = begin(sessions, settings, path)
    away = tmp_path / "away"
    shutil.move(path, away)
    dispatcher.send_backfill(run)
    worker.wait_until_said("backfill_waits")
    event = take_in(sessions, bucket.name, "now.jpg", etag=bucket.put("now.jpg", jpeg(64, 64, seed=9)))
    dispatcher.send(event)
    assert wait_until_terminal(sessions, [event])[0].state is EventState.DONE
    assert state_of(sessions, run) is BackfillState.RUNNING
    shutil.move(away, path)
    wait_until(lambda: state_of(sessions, run) is BackfillState.DONE, "the end of the run")
    assert written(sessions, run) == PICTURES + 1


def test_a_run_goes_on_after_its_child_was_killed(
    uploads: list[UUID],
    worker: Running,
    sessions: Sessions,
    settings: Settings,
    dispatcher: Dispatcher,
    tmp_path: Path,
) -> None:
    """The run's row is held, so that the child waits at its page when it is killed."""
    run = begin(sessions, settings, make_bundle(tmp_path, seed=3))
    child = worker.children()[0]
    os.kill(child, signal.SIGSTOP)
    dispatcher.send_backfill(run)
    wait_until(lambda: _unacked(dispatcher) > 0, "the message in the worker's hands")
    os.kill(child, signal.SIGKILL)
    wait_until(lambda: state_of(sessions, run) is BackfillState.DONE, "the end of the run", 60)


def _unacked(dispatcher: Dispatcher) -> int:
    depth = dispatcher.depth()
    return 0 if depth is None else depth.unacked


class Failing:
    """A shift that always fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.given_up: list[UUID] = []

    def work(self, run_id: UUID) -> bool:
        raise self._error

    def give_up(self, run_id: UUID) -> None:
        self.given_up.append(run_id)

    def close(self) -> None:
        pass


def child_with(shift: Failing, settings: Settings) -> Child:
    def no_scanner(settings: Settings, holder: str) -> None:
        raise AssertionError("nothing is scanned here")

    return Child(settings, no_scanner, lambda _: shift, holder=str)  # type: ignore[arg-type]  # never opened


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (ArithmeticError("a fault of the program"), True),
        (Fault(Reason.WEIGHTS_MISSING, "the weights are not here"), False),
    ],
)
def test_a_run_that_breaks_time_after_time_is_given_up_and_one_that_waits_is_not(
    error: Exception, ends: bool, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.tasks.child.time.sleep", lambda _: None)
    shift, run = Failing(error), new_id()
    child = child_with(shift, settings)
    answers = [child.backfill(run) for _ in range(settings.max_attempts)]
    assert answers == [False] * (settings.max_attempts - 1) + [ends]
    assert shift.given_up == ([run] if ends else [])


@pytest.fixture
def new_run(sessions: Sessions) -> Callable[[], UUID]:
    def make() -> UUID:
        with sessions.begin() as session:
            return runs.begin(session, file_bundle(session, new_id().hex * 2), 0).id

    return make


def test_the_third_child_that_dies_at_a_run_is_the_last(
    sessions: Sessions, settings: Settings, new_run: Callable[[], UUID]
) -> None:
    parent, run = Parent(settings), new_run()
    states = []
    for pid in range(settings.max_attempts):
        parent.lost_backfill(run, pid, killed=False)
        states.append(state_of(sessions, run))
    assert states == [BackfillState.RUNNING, BackfillState.RUNNING, BackfillState.FAILED]


def test_a_run_whose_child_was_killed_at_the_hard_limit_ends(
    sessions: Sessions, settings: Settings, new_run: Callable[[], UUID]
) -> None:
    """Its message is gone: a run that stood for ever would be worse than one that failed."""
    run = new_run()
    Parent(settings).lost_backfill(run, 1, killed=True)
    assert state_of(sessions, run) is BackfillState.FAILED
