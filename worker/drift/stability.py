"""The population stability index: how differently two samples are spread over the same bins. Pure.

For two histograms p and q it is the sum over bins of (p - q) ln(p / q), with half a count added to each bin
so that an empty one does not make it infinite (Siddiqi 2006, "Credit Risk Scorecards"). By custom, below 0.1
nothing happened and from 0.25 on something did. Between two samples of n and m from one population it is
about (bins - 1) (1/n + 1/m), which is said beside it: small samples drift by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

STEADY_BELOW, CHANGED_FROM = 0.1, 0.25
_ADDED = 0.5

Counts: TypeAlias = npt.NDArray[np.int64]
"""(b, d) rows of a sample in each of b bins, of each of d numbers."""
Numbers: TypeAlias = npt.NDArray[np.float64]
"""(d,)"""


class Finding(StrEnum):
    """What an index says."""

    STEADY = "steady"
    SHIFTED = "shifted"
    CHANGED = "changed"
    TOO_FEW = "too few"
    """A period has no more rows than the histogram has bins, or chance alone would be called a shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A population stability index."""

    bins: tuple[str, ...]
    """Their names, in order."""
    now: tuple[int, ...]
    before: tuple[int, ...]
    value: float
    by_chance: float
    """About what two samples of this size from one population would have."""
    finding: Finding


def index(bins: Sequence[str], now: Sequence[int], before: Sequence[int]) -> Index:
    """The population stability index of two histograms over the same bins."""
    these, those = (np.array(counts, dtype=np.int64)[:, None] for counts in (now, before))
    value = float(indices(these, those, np.ones(these.shape, dtype=np.bool_))[0])
    n, m = sum(now), sum(before)
    chance = by_chance(len(bins), n, m)
    return Index(
        bins=tuple(bins),
        now=tuple(now),
        before=tuple(before),
        value=value,
        by_chance=chance if math.isfinite(chance) else 0.0,
        finding=finding(value, chance, enough=min(n, m) > len(bins)),
    )


def indices(now: Counts, before: Counts, real: npt.NDArray[np.bool_]) -> Numbers:
    """The indices of d pairs of histograms, each over its own bins.

    Args:
        now: counts of one sample.
        before: counts of the other.
        real: (b, d) which bins a number has.
    """
    bins = real.sum(axis=0)
    p, q = (
        (counts + _ADDED) / (np.where(real, counts, 0).sum(axis=0) + _ADDED * bins)
        for counts in (now, before)
    )
    terms = np.where(real, (p - q) * np.log(p / q), 0.0)
    return np.asarray(terms.sum(axis=0), dtype=np.float64)


def by_chance(bins: float, n: int, m: int) -> float:
    """About what samples of ``n`` and ``m`` from one population have; infinite where one is empty."""
    return (bins - 1) * (1 / n + 1 / m) if n and m else math.inf


def finding(value: float, chance: float, *, enough: bool = True) -> Finding:
    """What an index says, where ``chance`` alone would give so much of it."""
    if not enough or chance >= STEADY_BELOW:
        return Finding.TOO_FEW
    if value < STEADY_BELOW:
        return Finding.STEADY
    return Finding.SHIFTED if value < CHANGED_FROM else Finding.CHANGED
