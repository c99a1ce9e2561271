"""Shares with the intervals that their counts allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from worker.review.reliability import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    count: int
    total: int
    value: float | None
    """None where there is nothing to have a share of."""
    low: float
    high: float
    """95 % interval (Wilson)."""

    @classmethod
    def of(cls, count: int, total: int) -> Self:
        """The share of ``count`` in ``total``."""
        low, high = wilson(count, total)
        return cls(count=count, total=total, value=count / total if total else None, low=low, high=high)
