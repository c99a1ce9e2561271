"""Pictures that do something to the very process that scans them, on a real worker with a real broker."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from db.models import Event, EventState, ItemKind, Message, ReviewItem
from detector.reasons import Reason
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker import doomed
from tests.worker.inbox import Sessions, standing, take_in, wait_until, wait_until_terminal
from tests.worker.running import Running, artgate, program
from worker.dispatch import Dispatcher
from worker.settings import Settings


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(
        update={
            "bundle": tiny_bundle,
            "worker_children": 2,
            "soft_time_limit": 2,
            "hard_time_limit": 4,
            "lease_seconds": 120,
            "sweep_interval": 0.1,
        }
    )


@pytest.fixture(scope="module")
def worker(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("doomed")
    command = [sys.executable, "-m", doomed.__name__]
    with program(command, settings, folder, name="worker") as running, artgate("sweeper", settings, folder):
        running.wait_until_said("bundle_loaded", times=2)
        yield running


def attempts(sessions: Sessions, event_id: object) -> tuple[int, int]:
    """Claims and deaths of an event."""
    with sessions() as session:
        event = session.execute(select(Event).where(Event.id == event_id)).scalar_one()
        return event.attempts, event.deaths


def test_every_kind_of_doom_ends_in_a_reason_and_the_worker_lives_on(
    worker: Running, sessions: Sessions, bucket: Bucket, dispatcher: Dispatcher
) -> None:
    """A child that dies each time, one that hangs, one that dawdles, a bug, and a decoder that dies."""
    fates = {
        doomed.DIES: (EventState.DEAD, Reason.ATTEMPTS_EXHAUSTED),
        doomed.HANGS: (EventState.REFUSED, Reason.TIME_LIMIT),
        doomed.IS_SLOW: (EventState.REFUSED, Reason.TIME_LIMIT),
        doomed.BREAKS: (EventState.DEAD, Reason.ATTEMPTS_EXHAUSTED),
        doomed.KILLS_DECODER: (EventState.REFUSED, Reason.DECODER_DIED),
    }
    ids = {}
    for number, data in enumerate(fates):
        bucket.put(f"{number}.png", data)
        ids[data] = take_in(sessions, bucket.name, f"{number}.png")
        dispatcher.send(ids[data])
    ended = wait_until_terminal(sessions, ids.values(), seconds=90)
    assert [(each.state, each.reason) for each in ended] == list(fates.values())
    assert attempts(sessions, ids[doomed.DIES]) == (3, 3)
    assert attempts(sessions, ids[doomed.BREAKS]) == (3, 3)
    assert attempts(sessions, ids[doomed.HANGS]) == (1, 0)
    assert worker.said("child_died") == 3
    assert worker.said("child_killed") == 1
    for event_id in ids.values():
        assert told_and_asked(sessions, event_id) == (1, 1)

    bucket.put("good.jpg", jpeg())
    good = take_in(sessions, bucket.name, "good.jpg")
    dispatcher.send(good)
    assert wait_until_terminal(sessions, [good], seconds=60)[0].state is EventState.DONE
    wait_until(lambda: len(worker.children()) == 2, "two children again")


def told_and_asked(sessions: Sessions, event_id: object) -> tuple[int, int]:
    """Messages to the platform and items for a person that an event has led to."""
    with sessions() as session:
        told = session.scalars(select(Message.id).where(Message.payload["event_id"].astext == str(event_id)))
        asked = session.scalars(
            select(ReviewItem.id).where(ReviewItem.event_id == event_id, ReviewItem.kind == ItemKind.REFUSAL)
        )
        return len(told.all()), len(asked.all())


def test_a_claim_survives_only_until_its_child_is_seen_dead(
    worker: Running, sessions: Sessions, bucket: Bucket, dispatcher: Dispatcher
) -> None:
    """The lease would run for two minutes: the parent ends it, so the next attempt begins at once."""
    bucket.put("again.png", doomed.DIES)
    event_id = take_in(sessions, bucket.name, "again.png")
    dispatcher.send(event_id)
    wait_until(lambda: standing(sessions, event_id).state is EventState.DEAD, "three deaths", 60)
