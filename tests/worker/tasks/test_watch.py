"""What the parent's loop does every so often, and an acknowledgement that the broker did not take."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kombu.asynchronous import Hub
from kombu.asynchronous.timer import Timer

from worker.tasks.acknowledgements import Acknowledgements
from worker.tasks.watch import acknowledgement_watch, heartbeat


class Counts:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.turns = 0

    def tell(self, _: object) -> None:
        raise AssertionError("nothing else is told")

    def turned(self, _: int) -> None:
        self.turns += 1


def message(*, acknowledged: bool = False) -> Any:
    """A message as far as it is looked at."""
    return SimpleNamespace(acknowledged=acknowledged, channel=SimpleNamespace(closed=False))


def due(hub: Hub) -> list[Any]:
    """What a loop would do, as often as it is in its timer, which is emptied."""
    entries = [scheduled.entry for scheduled in hub.timer.queue]
    hub.timer.clear()
    return [entry for entry in entries if not entry.canceled]


@pytest.fixture
def hub() -> Hub:
    return Hub(timer=Timer())


def test_the_heart_beats_once_whether_or_not_a_lost_broker_has_ended_its_timer(hub: Hub) -> None:
    """Celery cancels the timers of a connection that it gives up, but only those that it finds."""
    counts = Counts()
    worker: Any = SimpleNamespace(pool=SimpleNamespace(_pool=SimpleNamespace(_pool=[1, 2])))
    step = heartbeat(counts)(worker)
    step.register_with_event_loop(worker, hub)
    step.register_with_event_loop(worker, hub)
    (entry,) = due(hub)
    entry.cancel()
    step.register_with_event_loop(worker, hub)
    (entry,) = due(hub)
    entry()
    assert counts.turns == 1


def test_an_acknowledgement_that_is_taken_is_forgotten() -> None:
    asked, good = Acknowledgements(), message()
    asked.ask(good)
    assert not asked.lost(), "the loop has not turned yet"
    good.acknowledged = True
    assert not asked.lost()


def test_an_acknowledgement_that_stays_open_is_lost_once() -> None:
    asked = Acknowledgements()
    asked.ask(message())
    assert [asked.lost() for _ in range(3)] == [False, True, False]


@pytest.mark.parametrize("channel", [SimpleNamespace(closed=True), SimpleNamespace(is_open=False)])
def test_an_acknowledgement_on_a_connection_that_was_given_up_is_not_lost(channel: Any) -> None:
    """A channel of Valkey's transport, and one of RabbitMQ's."""
    asked = Acknowledgements()
    asked.ask(SimpleNamespace(acknowledged=False, channel=channel))
    assert [asked.lost() for _ in range(3)] == [False, False, False]


def test_a_lost_acknowledgement_ends_the_connection(hub: Hub) -> None:
    """By an error of those that Celery connects anew after."""
    asked = Acknowledgements()
    step = acknowledgement_watch(asked)(None)
    step.register_with_event_loop(None, hub)
    (entry,) = due(hub)
    asked.ask(message())
    entry.fun.__wrapped__()
    with pytest.raises(ConnectionResetError):
        entry.fun.__wrapped__()
