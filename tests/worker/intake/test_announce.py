"""Messages for committed events, on a broker that works, is down, is silent, or has been wiped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
import redis

from db.models.events import EventState, WorkQueue
from deploy.local.valkey import Valkey
from tests.worker.inbox import Sessions, standing, wait_until
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.intake import Announcer, Intake, open_intake
from worker.settings import Settings


@pytest.fixture
def announcer(sessions: Sessions, own_broker: Settings) -> Iterator[Announcer]:
    dispatcher = Dispatcher(own_broker.model_copy(update={"publish_timeout": 0.4}))
    made = Announcer(sessions, dispatcher)
    made.start()
    yield made
    made.close(5.0)
    dispatcher.close()


@pytest.fixture
def intake(sessions: Sessions, announcer: Announcer) -> Intake:
    return Intake(sessions, buckets=("uploads",), announce=announcer)


def messages(valkey: Valkey, queue: WorkQueue = WorkQueue.SCAN) -> int:
    with redis.Redis.from_url(valkey.url) as client:
        return int(client.llen(queue.value))


def test_what_was_committed_is_published_and_marked(
    intake: Intake, sessions: Sessions, own_valkey: Valkey
) -> None:
    """Each in its queue."""
    ids = [intake.submit("uploads", f"{new_id()}", queue=WorkQueue(queue)) for queue in ("scan", "rescan")]
    for event_id in ids:
        wait_until(lambda: standing(sessions, event_id).state is EventState.QUEUED, "the mark")  # noqa: B023 - waited for at once
    assert (messages(own_valkey), messages(own_valkey, WorkQueue.RESCAN)) == (1, 1)


def test_many_events_are_published_in_few_exchanges(
    intake: Intake, sessions: Sessions, own_valkey: Valkey
) -> None:
    """Nothing is left out between batches."""
    ids = [intake.submit("uploads", f"{new_id()}") for _ in range(200)]
    wait_until(lambda: messages(own_valkey) == 200, "all messages")
    wait_until(lambda: standing(sessions, ids[-1]).state is EventState.QUEUED, "the last mark")


def test_no_answer_waits_for_a_silent_broker(intake: Intake, sessions: Sessions, own_valkey: Valkey) -> None:
    """The rows stay as the sweeper finds them."""
    os.kill(own_valkey.child.pid, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        ids = [intake.submit("uploads", f"{new_id()}") for _ in range(20)]
        assert time.monotonic() - begun < 1.0
        assert {standing(sessions, event_id).state for event_id in ids} == {EventState.RECEIVED}
    finally:
        os.kill(own_valkey.child.pid, signal.SIGCONT)


def test_the_end_publishes_what_is_left(sessions: Sessions, own_broker: Settings, own_valkey: Valkey) -> None:
    """An orderly stop leaves nothing to the sweeper."""
    dispatcher = Dispatcher(own_broker)
    announcer = Announcer(sessions, dispatcher)
    intake = Intake(sessions, buckets=("uploads",), announce=announcer)
    ids = [intake.submit("uploads", f"{new_id()}") for _ in range(5)]
    announcer.start()
    announcer.close(10.0)
    assert {standing(sessions, event_id).state for event_id in ids} == {EventState.QUEUED}
    assert messages(own_valkey) == 5
    dispatcher.close()


def test_a_platform_hands_in_without_http(
    own_broker: Settings, sessions: Sessions, own_valkey: Valkey
) -> None:
    """As the documentation shows; with the broker down the event is committed all the same."""
    allowed = own_broker.buckets[0]
    with open_intake(own_broker) as intake:
        first = intake.submit(allowed, "cat.png", etag="e", uploader="ann")
        assert standing(sessions, first).state is EventState.QUEUED
        own_valkey.kill()
        second = intake.submit(allowed, "dog.png", etag="e")
    assert standing(sessions, second).state is EventState.RECEIVED
