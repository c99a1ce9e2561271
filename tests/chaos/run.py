"""A run: faults strike one after the other while events flow, then all is left alone until it is done."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.chaos.faults import FAULTS, Fault, Scene
from tests.chaos.moderators import Moderators
from tests.chaos.plan import Plan
from tests.chaos.sender import Sender
from tests.chaos.world import World

_UNDONE = """
SELECT (SELECT count(*) FROM events WHERE finished_at IS NULL)
     + (SELECT count(*) FROM outbox WHERE state = 'pending')
     + (SELECT count(*) FROM audit_pending)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What became of a run."""

    accepted: frozenset[str]
    """Ids of the events that were answered with 202."""
    planned: int
    """Faults of the plan."""
    decided: frozenset[tuple[str, int]] = frozenset()
    """Items and lease numbers of the decisions that moderators were told of as accepted."""
    failed: dict[str, str] = field(default_factory=dict)
    """Faults that did not fire, and why."""

    @property
    def fired(self) -> int:
        """Faults that were seen to strike."""
        return self.planned - len(self.failed)


def run(plan: Plan, world: World) -> Struck:
    """Let every fault of the plan strike; then wait until nothing is left to do, or patience is over."""
    sender = Sender(world, plan)
    faults = schedule(plan)
    scene = Scene(world=world, sender=sender, plan=plan)
    moderators = Moderators(world)
    failed: dict[str, str] = {}
    with moderators.at_work():
        for number, fault in enumerate(faults):
            least = (number + 1) * plan.events // len(faults) - number * plan.events // len(faults)
            with sender.flowing(least):
                trouble = _strike(fault, scene)
            if trouble is not None:
                failed[fault.name] = trouble
            done = f"{number + 1}/{len(faults)} {fault.name}: {trouble or 'fired'}"
            _say(f"{done}; {len(sender.accepted)} events, {len(moderators.decided)} decisions")
    assert sender.trouble is None, sender.trouble
    _settle(plan, world)
    return Struck(accepted=sender.accepted, planned=len(faults), decided=moderators.decided, failed=failed)


def schedule(plan: Plan) -> Sequence[Fault]:
    """The faults in the order of the plan's seed."""
    known = {fault.name: fault for fault in FAULTS}
    chosen = [known[name] for name in plan.only] if plan.only else list(FAULTS)
    random.Random(plan.seed).shuffle(chosen)
    return chosen


def _strike(fault: Fault, scene: Scene) -> str | None:
    """None where it fired, else what it waited for in vain."""
    try:
        fault.strike(scene)
    except AssertionError as error:
        return str(error).strip().splitlines()[0] if str(error).strip() else "it was not seen to strike"
    return None


def _settle(plan: Plan, world: World) -> None:
    """Nothing is done by hand here but waiting."""
    deadline = time.monotonic() + plan.patience
    while int(world.ask(_UNDONE)[0][0]) > 0 and time.monotonic() < deadline:
        time.sleep(0.2)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
