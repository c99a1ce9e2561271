"""Children that hold an event for too long: for the broker's patience, and for their own lease."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.plan import LEASE, VISIBILITY
from tests.chaos.proxy import FAIR, Weather
from tests.chaos.world import Claimed
from tests.processes import children_of
from tests.worker.inbox import wait_until

_STUCK_SECONDS = 1.0
_HELD = "SELECT 1 FROM events WHERE id = :id AND lease_number = :lease AND state = 'claimed'"
_TAKEN_OVER = "SELECT 1 FROM events WHERE id = :id AND lease_number > :lease"


@contextmanager
def _frozen(scene: Scene) -> Iterator[Claimed]:
    """A child that stands still in the middle of a fetch, where it holds no lock."""
    way = scene.world.ways["worker-storage"]
    way.change(Weather(delay=0.4))
    try:
        claimed = _stopped(scene)
    finally:
        way.change(FAIR)
    try:
        yield claimed
    finally:
        os.kill(claimed.pid, signal.SIGCONT)


def _stopped(scene: Scene) -> Claimed:
    """Stop a child; one that had just let go of its event goes on, and it is another's turn."""
    while True:
        claimed = scene.world.claimed()
        os.kill(claimed.pid, signal.SIGSTOP)
        if scene.world.ask(_HELD, id=claimed.id, lease=claimed.lease):
            return claimed
        os.kill(claimed.pid, signal.SIGCONT)


def _given_out_twice(scene: Scene) -> None:
    """The broker gives the message to another child, which finds the event claimed."""
    with _frozen(scene) as claimed:
        found = lambda: _said(scene, "nothing_to_do", claimed)  # noqa: E731 - read twice below
        wait_until(found, "a second delivery of a message", 8 * VISIBILITY)


def _taken_over(scene: Scene) -> None:
    """The lease runs out, another child takes the event over, and the late one writes nothing."""
    with _undecoded(scene) as claimed:
        taken = {"id": claimed.id, "lease": claimed.lease}
        wait_until(lambda: scene.world.ask(_TAKEN_OVER, **taken) != [], "another lease", 3 * LEASE)
    wait_until(lambda: _said(scene, "lease_lost", claimed), "a child that was too late", 30)


@contextmanager
def _undecoded(scene: Scene) -> Iterator[Claimed]:
    """A child that waits for its decoder with a picture that it has fetched."""
    world = scene.world
    child = world.claimed().pid
    wait_until(lambda: children_of(child) != [], "a decoder", 30)
    decoders = [decoder.pid for decoder in children_of(child)]
    for decoder in decoders:
        os.kill(decoder, signal.SIGSTOP)
    try:
        yield _stuck(scene, child)
    finally:
        for decoder in decoders:
            os.kill(decoder, signal.SIGCONT)


def _stuck(scene: Scene, child: int) -> Claimed:
    """What a child still holds after a while; a picture that was replaced needs no decoder."""
    held = scene.world.claimed(by=child)
    while True:
        time.sleep(_STUCK_SECONDS)
        again = scene.world.claimed(by=child)
        if again == held:
            return held
        held = again


def _said(scene: Scene, event: str, claimed: Claimed) -> bool:
    """Whether the worker has logged something of the event."""
    lines = scene.world.worker.lines
    return any(line["event"] == event and line.get("event_id") == claimed.id for line in lines)


LATENESS = (
    Fault("message-given-out-twice", _given_out_twice),
    Fault("lease-taken-over", _taken_over),
)
