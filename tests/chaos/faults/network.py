"""Delay and cut on each way from a process to a server, and from the platform to the hook."""

from __future__ import annotations

from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.proxy import FAIR, Weather
from tests.chaos.world import WAYS
from tests.worker.inbox import wait_until

_KINDS = {"cut": Weather(cut=True), "delayed": Weather(delay=0.3)}


def weather(scene: Scene, way: str, bad: Weather, *, seconds: float = 60.0) -> None:
    """Let bad weather last until it has befallen something, and a breath longer."""
    proxy = scene.world.ways[way]
    proxy.change(bad)
    try:
        wait_until(lambda: proxy.touched > 0, f"something on the way {way}", seconds)
        scene.breathe()
    finally:
        proxy.change(FAIR)


def _fault(way: str, kind: str) -> Fault:
    return Fault(f"{way}-{kind}", lambda scene: weather(scene, way, _KINDS[kind]))


NETWORK = tuple(_fault(way, kind) for way in (*WAYS, "platform-hook") for kind in _KINDS)
