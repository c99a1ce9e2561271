"""How far the mean vector of this week is from that of the weeks before: a pure function of samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_TINY = 1e-9


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


def _table(vectors: Sequence[bytes], length: int) -> npt.NDArray[np.float64]:
    """(n, length) of the vectors' numbers."""
    return np.frombuffer(b"".join(vectors), dtype="<f4").reshape(-1, length).astype(float)
