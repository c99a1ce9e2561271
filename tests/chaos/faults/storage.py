"""A storage that is slow, in trouble, cuts answers short, or has another picture by now."""

from __future__ import annotations

from db.models import EventState
from detector.reasons import Reason
from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.faults.network import weather
from tests.chaos.proxy import Weather
from tests.worker.inbox import wait_until

_IN_TROUBLE = b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_IN_MID_BODY = 1500
_TERMINAL = "SELECT state, reason FROM events WHERE id = :id AND finished_at IS NOT NULL"


def _spoilt(name: str, bad: Weather) -> Fault:
    """Bad weather before the storage, under which fetches fail and are tried again."""

    def strike(scene: Scene) -> None:
        before = _failures(scene)
        weather(scene, "worker-storage", bad)
        wait_until(lambda: _failures(scene) > before, "a fetch that failed", 30)

    return Fault(name, strike)


def _failures(scene: Scene) -> int:
    return int(scene.world.ask("SELECT coalesce(sum(transient_failures), 0) FROM events")[0][0])


def _replaced(scene: Scene) -> None:
    """Another picture lies there when the first one's event is worked at."""
    first = scene.sender.store("replaced.jpg")
    second = scene.sender.store("replaced.jpg")
    event_id = scene.sender.post(first)
    wait_until(lambda: scene.world.ask(_TERMINAL, id=event_id) != [], "the end of a replaced picture", 60)
    (ended,) = scene.world.ask(_TERMINAL, id=event_id)
    assert tuple(ended) == (EventState.REFUSED, Reason.OBJECT_CHANGED), ended
    scene.sender.post(second)


STORAGE = (
    _spoilt("storage-slow", Weather(delay=1.5)),
    _spoilt("storage-in-trouble", Weather(answer=_IN_TROUBLE)),
    _spoilt("storage-cut-in-mid-body", Weather(cut_after=_IN_MID_BODY)),
    Fault("object-replaced", _replaced),
)
