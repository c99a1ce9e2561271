"""Figures with 95 % intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Labels: TypeAlias = npt.NDArray[np.bool_]
"""(n,), True where a generator made the picture."""
Scores: TypeAlias = npt.NDArray[np.float64]
"""(n,), higher for what looks generated."""

_Z = 1.959963984540054
"""97.5 % point of the normal distribution."""
_RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of so many, with Wilson's 95 % interval (Wilson 1927; Brown, Cai & DasGupta 2001)."""

    count: int
    total: int

    @property
    def rate(self) -> float:
        """The share itself; nan of nothing."""
        return self.count / self.total if self.total else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound; everything is possible of nothing."""
        if not self.total:
            return 0.0, 1.0
        weight = _Z * _Z / self.total
        middle = (self.rate + weight / 2) / (1 + weight)
        half = _Z * sqrt(self.rate * (1 - self.rate) / self.total + weight / (4 * self.total)) / (1 + weight)
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_json(self) -> dict[str, float | int | None]:
        """Count, total, rate, low, high; rates with four decimals, None of nothing."""
        low, high = self.interval
        return {
            "count": self.count,
            "total": self.total,
            "rate": round(self.rate, 4) if self.total else None,
            "low": round(low, 4),
            "high": round(high, 4),
        }


def share(chosen: npt.NDArray[np.bool_]) -> Share:
    """How many are True."""
    return Share(count=int(chosen.sum()), total=int(chosen.size))


def auc(labels: Labels, scores: Scores) -> float:
    """Area under the ROC curve: the chance that a generated picture scores above another; ties count half.

    By ranks (Mann & Whitney 1947). nan where one class is absent.
    """
    generated = int(labels.sum())
    others = int(labels.size) - generated
    if not generated or not others:
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[labels].sum() - generated * (generated + 1) / 2) / (generated * others))


def auc_interval(
    labels: Labels, scores: Scores, groups: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[float, float]:
    """95 % of the areas that drawing other groups would give; see `group_interval`.

    Args:
        labels: see ``Labels``.
        scores: see ``Scores``.
        groups: (n,), number of each picture's source.
        rng: draws the groups.
    """
    return group_interval(lambda drawn: auc(labels[drawn], scores[drawn]), groups, rng)


def group_interval(
    figure: Callable[[npt.NDArray[np.intp]], float],
    groups: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[float, float]:
    """95 % of the values that drawing other groups would give a figure: a bootstrap of whole groups.

    Pictures of one source resemble each other, so resampling single pictures would promise too much. Draws
    that the figure gives nan for are passed over; nan where it gives nothing else, and of no pictures.

    Args:
        figure: of the pictures at the given places, of which one may come several times.
        groups: (n,), number of each picture's source.
        rng: draws the groups.
    """
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    if not members:
        return float("nan"), float("nan")
    found = np.array(
        [
            figure(np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))]))
            for _ in range(_RESAMPLES)
        ]
    )
    if np.isnan(found).all():
        return float("nan"), float("nan")
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return float(low), float(high)
