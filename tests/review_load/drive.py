"""The load itself: claims that come at their times, and what each moderator then does with the item."""

from __future__ import annotations

import asyncio
import itertools
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.review_load.moderator import Held, Moderator
from tests.review_load.plan import Plan

_CHOICES = ("genuine", "synthetic", "cannot_tell")
_WORD_SECONDS = 30.0


@dataclass(slots=True)
class Seen:
    """What the moderators were told, which is compared with what the database holds."""

    offered: set[str] = field(default_factory=set)
    """Ids of the items that claims gave."""
    decided: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Lease numbers under which a decision was accepted, by the item's id."""
    taken: int = 0
    """Decisions that were refused because someone else had the item or had decided it."""
    claims: list[tuple[float, float]] = field(default_factory=list)
    """Of each claim that gave an item: seconds from the beginning and from its due time to its answer."""
    decisions: list[float] = field(default_factory=list)
    """Seconds from the moment that each decision was sent to its answer."""
    dry_at: float | None = None
    """Seconds from the beginning to the first claim for which nothing was left."""

    def steady(self) -> list[tuple[float, float]]:
        """The claims up to the first one for which nothing was left."""
        return [claim for claim in self.claims if self.dry_at is None or claim[0] <= self.dry_at]


class Drive:
    """One run of a plan against the hooks at these ports, over which the moderators are spread."""

    def __init__(self, plan: Plan, ports: Sequence[int]) -> None:
        self._plan = plan
        self._moderators = [
            Moderator(port, token)
            for port, token in zip(itertools.cycle(ports), plan.tokens().values(), strict=False)
        ]
        self._dice = random.Random(plan.seed)
        self._seen = Seen()
        self._begun = 0.0

    async def run(self) -> Seen:
        """Claim at the plan's rate until every item is decided, or patience is over."""
        plan, seen = self._plan, self._seen
        self._begun = time.perf_counter()
        word = _WORD_SECONDS
        async with asyncio.TaskGroup() as visits:
            for number in itertools.count():
                due = number / plan.rate
                await asyncio.sleep(due - self._now())
                if len(seen.decided) >= plan.items or due > plan.patience:
                    break
                visits.create_task(self._visit(self._moderators[number % plan.sessions], due))
                if due > word:
                    word += _WORD_SECONDS
                    print(f"{len(seen.decided):,} of {plan.items:,} items are decided", file=sys.stderr)
        for moderator in self._moderators:
            await moderator.hang_up()
        return seen

    async def _visit(self, moderator: Moderator, due: float) -> None:
        """One claim and what follows it."""
        held = await moderator.claim()
        if held is None:
            self._seen.dry_at = self._seen.dry_at or self._now()
            return
        self._seen.claims.append((self._now(), self._now() - due))
        self._seen.offered.add(held.item)
        plan, fate = self._plan, self._dice.random()
        if fate < plan.gone:
            await moderator.hang_up()
            return
        await asyncio.sleep(
            1.5 * plan.lease if fate < plan.gone + plan.late else self._dice.uniform(*plan.think)
        )
        choice = self._dice.choice(_CHOICES)
        await self._decide(moderator, held, choice)
        if self._dice.random() < plan.repeated:
            await self._decide(moderator, held, choice)

    async def _decide(self, moderator: Moderator, held: Held, choice: str) -> None:
        sent = self._now()
        if await moderator.decide(held, choice):
            self._seen.decided[held.item].add(held.lease_number)
        else:
            self._seen.taken += 1
        self._seen.decisions.append(self._now() - sent)

    def _now(self) -> float:
        return time.perf_counter() - self._begun
