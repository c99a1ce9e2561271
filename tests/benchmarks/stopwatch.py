"""Time of one thread, taken so that a neighbour on the machine disturbs it little."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


def milliseconds(
    work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.thread_time
) -> float:
    """The shortest of some runs, by default processor time of this thread."""
    took = []
    for _ in range(rounds):
        begun = clock()
        work()
        took.append(clock() - begun)
    return 1e3 * min(took)


def median_milliseconds(work: Callable[[Item], object], items: Iterable[Item], rounds: int) -> float:
    """Median over items of each one's shortest run."""
    return statistics.median(milliseconds(lambda item=item: work(item), rounds) for item in items)  # type: ignore[misc]  # binds the item now
