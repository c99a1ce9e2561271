"""A worker's shifts at a backfill, on a real broker."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import update

from db.base import db_after
from db.models import BackfillState, Event, WorkQueue
from db.queries import backfills
from tests.worker.backfill.straight import SCHEMA, StraightJudge
from tests.worker.filing import file_bundle, file_event, file_image, file_vector
from tests.worker.inbox import Sessions
from worker.backfill import run as runs
from worker.backfill.shift import Shift
from worker.backfill.throttle import Throttle
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.settings import Settings

NewRun = Callable[[], UUID]


@pytest.fixture
def new_run(sessions: Sessions) -> NewRun:
    """Begins a run of a new bundle over one more picture than before."""

    def make() -> UUID:
        with sessions.begin() as session:
            file_vector(session, file_image(session, "uploads", f"{new_id()}.png"), SCHEMA, [0.5])
            bundle = file_bundle(session, hashlib.sha256(new_id().bytes).hexdigest())
            return runs.begin(session, bundle, backfills.pending(session, bundle, SCHEMA)).id

    return make


def calm(sessions: Sessions) -> Throttle:
    """Uploads of these tests may wait for an hour."""
    return Throttle(sessions, 3600.0)


def waiting(dispatcher: Dispatcher) -> int:
    """Messages on the queue of backfills."""
    depth = dispatcher.depth()
    assert depth is not None
    return depth.ready[WorkQueue.RESCAN]


def test_a_shift_that_is_over_hands_the_message_on(
    sessions: Sessions, dispatcher: Dispatcher, new_run: NewRun
) -> None:
    """One message at hand, one message after: a run never multiplies its messages."""
    run, before = new_run(), waiting(dispatcher)
    clock = iter((0.0, 0.0, 9.0))  # begins, looks before the first page, and after it
    shift = Shift(sessions, StraightJudge, dispatcher, calm(sessions), seconds=5.0, clock=lambda: next(clock))
    assert shift.work(run)
    assert waiting(dispatcher) == before + 1


def test_shifts_end_a_run_and_then_hand_nothing_on(
    sessions: Sessions, dispatcher: Dispatcher, new_run: NewRun
) -> None:
    """The judge of a bundle is opened once."""
    first, second, before = new_run(), new_run(), waiting(dispatcher)
    opened: list[str] = []

    def open_judge(bundle_id: str) -> StraightJudge:
        opened.append(bundle_id)
        return StraightJudge(bundle_id)

    shift = Shift(sessions, open_judge, dispatcher, calm(sessions))
    for run in (first, first, second):
        assert shift.work(run)
    assert len(opened) == 2
    assert waiting(dispatcher) == before
    with sessions() as session:
        found = [backfills.get(session, run) for run in (first, second)]
    assert all(run is not None and run.state is BackfillState.DONE for run in found)


def test_a_run_that_another_worker_holds_is_left_to_it(
    sessions: Sessions, dispatcher: Dispatcher, new_run: NewRun
) -> None:
    """The second message of a run ends there."""
    run, before = new_run(), waiting(dispatcher)
    with sessions.begin() as session:
        assert backfills.hold(session, run) is not None
        assert Shift(sessions, StraightJudge, dispatcher, calm(sessions)).work(run)
    assert waiting(dispatcher) == before


def test_a_message_stays_where_the_broker_does_not_take_the_next(
    sessions: Sessions, settings: Settings, new_run: NewRun
) -> None:
    """Otherwise the run would stand until somebody asks after it."""
    silent = Dispatcher(
        settings.model_copy(update={"broker_url": type(settings.broker_url)("redis://127.0.0.1:9/0")})
    )
    assert not Shift(sessions, StraightJudge, silent, calm(sessions), seconds=0.0).work(new_run())
    silent.close()


def test_a_shift_gives_way_to_an_upload_that_waits(
    sessions: Sessions, dispatcher: Dispatcher, new_run: NewRun
) -> None:
    """It judges nothing, rests a moment, and hands its message on behind the uploads."""
    run, before = new_run(), waiting(dispatcher)
    rests: list[float] = []
    with sessions.begin() as session:
        upload = file_event(session, "uploads", f"{new_id()}.png")
        session.execute(update(Event).where(Event.id == upload).values(not_before=db_after(-60)))
    shift = Shift(sessions, StraightJudge, dispatcher, Throttle(sessions, 30.0), rest=rests.append)
    assert shift.work(run)
    assert (waiting(dispatcher), rests) == (before + 1, [0.5])
    with sessions.begin() as session:
        found = backfills.get(session, run)
        session.execute(update(Event).where(Event.id == upload).values(not_before=db_after(60)))
    assert found is not None
    assert (found.state, found.scored) == (BackfillState.RUNNING, 0)
    assert shift.work(run), "the upload is served"
    with sessions() as session:
        ended = backfills.get(session, run)
    assert ended is not None
    assert ended.state is BackfillState.DONE


def test_a_run_that_rests_hands_nothing_on(
    sessions: Sessions, dispatcher: Dispatcher, new_run: NewRun
) -> None:
    run, before = new_run(), waiting(dispatcher)
    with sessions.begin() as session:
        assert backfills.pause(session, run)
    assert Shift(sessions, StraightJudge, dispatcher, calm(sessions)).work(run)
    assert waiting(dispatcher) == before


def test_an_unknown_run_is_nothing_to_do(sessions: Sessions, dispatcher: Dispatcher) -> None:
    """A message may outlive the database that it came from."""
    assert Shift(sessions, StraightJudge, dispatcher, calm(sessions)).work(new_id())
