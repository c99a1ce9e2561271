"""Wall clocks that step, by an injected offset; PostgreSQL's does not."""

from __future__ import annotations

from tests.chaos.faults.fault import Fault, Scene
from tests.worker.inbox import wait_until

_STEP = 3600.0
_ASKS = ("hook", "worker", "relay")
"""Processes that ask for the time at every event; the sweeper does so only when it moves something."""


def _step(name: str, seconds: float) -> Fault:
    def strike(scene: Scene) -> None:
        for offset in scene.world.offsets.values():
            offset.want(seconds)
        try:
            _wait_until_seen(scene, seconds)
            scene.breathe()
        finally:
            for offset in scene.world.offsets.values():
                offset.want(0.0)

    return Fault(name, strike)


def _wait_until_seen(scene: Scene, seconds: float) -> None:
    """Wait until processes tell the time by the new offset."""
    offsets = [scene.world.offsets[process] for process in _ASKS]
    wait_until(
        lambda: all(offset.seen == seconds for offset in offsets),
        f"clocks that are {seconds:+g} s ahead",
        30,
    )


CLOCKS = (_step("clocks-forward", _STEP), _step("clocks-backward", -_STEP))
