"""What a fault is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.plan import Plan
from tests.chaos.sender import Sender
from tests.chaos.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a fault strikes, while events flow."""

    world: World
    sender: Sender
    plan: Plan

    def breathe(self) -> None:
        """Let it last."""
        time.sleep(self.plan.breath)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, and that ends by itself."""

    name: str
    strike: Callable[[Scene], None]
    """Strikes, sees that it has struck, and ends it; AssertionError where it has not struck."""
