"""How far this week's pictures and verdicts are from those of the weeks before: pure functions of samples.

The population stability index of two histograms p and q is the sum over bins of (p - q) ln(p / q), with half
a count added to each bin so that an empty one does not make it infinite (Siddiqi 2006, "Credit Risk
Scorecards"). By custom, below 0.1 nothing happened and from 0.25 on something did. Between two samples of n
and m from one population it is about (bins - 1) (1/n + 1/m), which is said beside it: small samples drift by
chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

STEADY_BELOW, CHANGED_FROM = 0.1, 0.25
_ADDED = 0.5
_TINY = 1e-9


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How far the mean of one number moved."""

    name: str
    words: str
    """What its group of features looks at."""
    deviations: float
    """Difference of the means in standard deviations of the period before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanVector:
    """Movement of the mean feature vector."""

    numbers: int
    now: int
    before: int
    """Vectors of each sample."""
    root_mean_square: float
    """Of all numbers' shifts."""
    by_chance: float
    """About what it would be for two samples of this size from one population."""
    largest: tuple[Shift, ...]


def index(bins: Sequence[str], now: Sequence[int], before: Sequence[int]) -> Index:
    """The population stability index of two histograms over the same bins."""
    n, m = sum(now), sum(before)
    value = 0.0
    for one, other in zip(now, before, strict=True):
        p, q = ((count + _ADDED) / (total + _ADDED * len(bins)) for count, total in ((one, n), (other, m)))
        value += (p - q) * math.log(p / q)
    by_chance = (len(bins) - 1) * (1 / n + 1 / m) if n and m else math.inf
    finding = _finding(value) if min(n, m) > len(bins) and by_chance < STEADY_BELOW else Finding.TOO_FEW
    return Index(
        bins=tuple(bins),
        now=tuple(now),
        before=tuple(before),
        value=value,
        by_chance=by_chance if math.isfinite(by_chance) else 0.0,
        finding=finding,
    )


def mean_vector(
    names: Sequence[tuple[str, str]], now: Sequence[bytes], before: Sequence[bytes], *, largest: int = 8
) -> MeanVector | None:
    """How far the mean vector moved.

    Args:
        names: name and words of each number.
        now: vectors as little-endian float32, of as many numbers as there are names.
        before: those of the earlier period.
        largest: how many of the numbers that moved most are named.

    Returns:
        None where a period has fewer than two vectors.
    """
    if min(len(now), len(before)) < 2:
        return None
    these, those = _table(now, len(names)), _table(before, len(names))
    spread = those.std(axis=0, ddof=1)
    moved = np.where(spread > _TINY, these.mean(axis=0) - those.mean(axis=0), 0.0)
    shifts = moved / np.where(spread > _TINY, spread, 1.0)
    order = np.argsort(-np.abs(shifts), kind="stable")[:largest]
    return MeanVector(
        numbers=len(names),
        now=len(now),
        before=len(before),
        root_mean_square=float(np.sqrt(np.mean(shifts**2))),
        by_chance=math.sqrt(1 / len(now) + 1 / len(before)),
        largest=tuple(
            Shift(name=names[place][0], words=names[place][1], deviations=float(shifts[place]))
            for place in order
            if shifts[place] != 0
        ),
    )


def _finding(value: float) -> Finding:
    if value < STEADY_BELOW:
        return Finding.STEADY
    return Finding.SHIFTED if value < CHANGED_FROM else Finding.CHANGED


def _table(vectors: Sequence[bytes], length: int) -> npt.NDArray[np.float64]:
    """(n, length) of the vectors' numbers."""
    return np.frombuffer(b"".join(vectors), dtype="<f4").reshape(-1, length).astype(float)
