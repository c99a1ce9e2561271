"""Time by stage, from a clock that the caller gives: the detector has none of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds since some moment."""


@contextmanager
def timed(times: MutableMapping[str, float], stage: str, clock: Clock | None) -> Iterator[None]:
    """Note the milliseconds of the block under `stage`; without a clock, nothing."""
    begun = clock() if clock else 0.0
    yield
    if clock:
        times[stage] = round(1000 * (clock() - begun), 3)
