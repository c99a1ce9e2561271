"""Publishing on a real broker that works, is down, is silent, or has been wiped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from db.models.events import WorkQueue
from deploy.local.valkey import Valkey
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.settings import Settings


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path)
    server.start()
    yield server
    os.kill(server.child.pid, signal.SIGCONT) if server.child.running else None
    server.stop()


@pytest.fixture
def now() -> list[float]:
    """The dispatcher's clock, to be turned by hand."""
    return [0.0]


@pytest.fixture
def dispatcher(valkey: Valkey, now: list[float]) -> Iterator[Dispatcher]:
    settings = Settings(broker_url=SecretStr(valkey.url), publish_timeout=0.4)
    made = Dispatcher(settings, clock=lambda: now[0])
    yield made
    made.close()


def seconds(action: Callable[[], object]) -> float:
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def test_a_message_waits_in_the_queue_that_was_named(dispatcher: Dispatcher) -> None:
    assert dispatcher.send(new_id())
    assert dispatcher.send(new_id(), WorkQueue.RESCAN)
    assert dispatcher.send(new_id(), WorkQueue.RESCAN)
    depth = dispatcher.depth()
    assert depth is not None
    assert depth.ready == {WorkQueue.SCAN: 1, WorkQueue.RESCAN: 2}
    assert depth.total == 3


def test_a_broker_that_is_down_costs_nothing(dispatcher: Dispatcher, valkey: Valkey) -> None:
    valkey.kill()
    answers: list[bool] = []
    assert seconds(lambda: answers.append(dispatcher.send(new_id()))) < 0.4
    assert answers == [False]
    assert dispatcher.depth() is None


def test_a_silent_broker_costs_the_timeout_once_and_then_nothing(
    dispatcher: Dispatcher, valkey: Valkey
) -> None:
    assert dispatcher.send(new_id())
    os.kill(valkey.child.pid, signal.SIGSTOP)
    answers: list[bool] = []
    assert seconds(lambda: answers.append(dispatcher.send(new_id()))) < 0.8
    assert seconds(lambda: answers.append(dispatcher.send(new_id()))) < 0.05
    assert answers == [False, False]


def test_publishing_goes_on_after_the_pause(dispatcher: Dispatcher, valkey: Valkey, now: list[float]) -> None:
    os.kill(valkey.child.pid, signal.SIGSTOP)
    assert not dispatcher.send(new_id())
    os.kill(valkey.child.pid, signal.SIGCONT)
    assert not dispatcher.send(new_id())
    now[0] += 60
    assert dispatcher.send(new_id())


def test_a_restarted_broker_is_noticed_without_a_pause(dispatcher: Dispatcher, valkey: Valkey) -> None:
    assert dispatcher.send(new_id())
    valkey.kill()
    valkey.start()
    assert dispatcher.send(new_id())


def test_the_epoch_mark_goes_with_the_messages(dispatcher: Dispatcher, valkey: Valkey) -> None:
    assert dispatcher.epoch() == ""
    assert dispatcher.mark_epoch("whole:1")
    assert dispatcher.epoch() == "whole:1"
    valkey.kill()
    valkey.start()
    assert dispatcher.epoch() == ""


def test_many_messages_go_out_at_once(dispatcher: Dispatcher, valkey: Valkey) -> None:
    assert dispatcher.send_all([(new_id(), WorkQueue.SCAN)] * 30 + [(new_id(), WorkQueue.RESCAN)])
    depth = dispatcher.depth()
    assert depth is not None
    assert depth.ready == {WorkQueue.SCAN: 30, WorkQueue.RESCAN: 1}
    valkey.kill()
    valkey.start()
    assert dispatcher.send_all([(new_id(), WorkQueue.SCAN)] * 3), "a restarted broker is noticed"
    os.kill(valkey.child.pid, signal.SIGSTOP)
    answers: list[bool] = []
    assert seconds(lambda: answers.append(dispatcher.send_all([(new_id(), WorkQueue.SCAN)]))) < 0.8
    assert answers == [False]
