"""Events that come twice, in the wrong order, or late."""

from __future__ import annotations

from tests.chaos.faults.fault import Fault, Scene
from tests.worker.inbox import wait_until

_STANDING = "SELECT state, reason, attempts FROM events WHERE id = :id"
_ENDED = "SELECT 1 FROM events WHERE id = :id AND finished_at IS NOT NULL"


def _duplicate(scene: Scene) -> None:
    """The same event three times: it is known each time."""
    stored = scene.sender.store("duplicate.jpg")
    ids = {scene.sender.post(stored) for _ in range(3)}
    assert len(ids) == 1, "one event became several"


def _reordered(scene: Scene) -> None:
    """The later upload's event comes first: the earlier one's needs no scan."""
    earlier, later = scene.sender.store("reordered.jpg"), scene.sender.store("reordered.jpg")
    scene.sender.post(later)
    _assert_superseded(scene, scene.sender.post(earlier))


def _late(scene: Scene) -> None:
    """The earlier upload's event comes when the later one has its verdict."""
    earlier, later = scene.sender.store("late.jpg"), scene.sender.store("late.jpg")
    known = scene.sender.post(later)
    wait_until(lambda: scene.world.ask(_ENDED, id=known) != [], "the end of the later event", 60)
    _assert_superseded(scene, scene.sender.post(earlier))


def _assert_superseded(scene: Scene, event_id: str) -> None:
    (standing,) = scene.world.ask(_STANDING, id=event_id)
    assert tuple(standing) == ("refused", "superseded", 0), standing


DELIVERIES = (
    Fault("event-duplicated", _duplicate),
    Fault("events-reordered", _reordered),
    Fault("event-late", _late),
)
