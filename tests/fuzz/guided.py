"""The search: what reached new code is kept, and changed further."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

from tests.fuzz.coverage import Coverage, Step
from tests.fuzz.mutation import mutate
from tests.fuzz.targets import Target

SLOW = 2.0
"""Seconds of one input, traced, beyond which a reader could be held up."""


@dataclass(slots=True, kw_only=True)
class Search:
    """What one search has found."""

    tried: int = 0
    steps: set[Step] = field(default_factory=set)
    kept: list[bytes] = field(default_factory=list)
    """Inputs each of which reached what none before had."""
    longest: float = 0.0
    """Seconds of the slowest input."""
    escaped: dict[str, bytes] = field(default_factory=dict)
    """What must not come of any input, each with the first that it came of."""


def search(target: Target, *, inputs: int, seed: int) -> Search:
    """Try seeds, then so many mutants; the same seed gives the same inputs."""
    rng = random.Random(f"{seed}/{target.name}")
    coverage = Coverage(*target.folders)
    found = Search()
    for data in target.seeds():
        _try(target, data, coverage, found)
    for _ in range(inputs):
        # The newest finds are nearest to code that is still unknown.
        recent = found.kept[-20:] if rng.random() < 0.5 else found.kept
        _try(target, mutate(rng, rng.choice(recent), found.kept, target.tokens), coverage, found)
    return found


def _try(target: Target, data: bytes, coverage: Coverage, found: Search) -> None:
    outcome: list[str | None] = []
    began = time.perf_counter()
    steps = coverage.of(lambda: outcome.append(target.escapes(data)))
    seconds = time.perf_counter() - began
    found.tried += 1
    found.longest = max(found.longest, seconds)
    what = outcome[0] or (f"took {seconds:.1f} s" if seconds > SLOW else None)
    if what is not None:
        found.escaped.setdefault(what, data)
    if not steps <= found.steps:
        found.steps |= steps
        found.kept.append(data)
