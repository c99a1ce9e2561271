"""Histograms with edges that decide, and the entropy of their counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.features.arrays import EPS0, Counts, Levels, Real
from detector.features.compiled import compiled

Whole: TypeAlias = npt.NDArray[np.integer]
"""Integers of any kind: levels, codes, labels or places."""

_BLOCK = 512
"""Values whose bins are found before they are counted; they stay in the nearest cache."""


def bin_scale(low: float, high: float, bins: int) -> tuple[float, float]:
    """The first edge, and the width of each bin; an empty range is widened by 0.5.

    Edge k of the specification is ``first + k * width``, rounded twice, but the last is exactly ``high``.
    """
    if low == high:
        low, high = low - 0.5, high + 0.5
    return low, (high - low) / bins


def bin_index(values: Real, low: float, high: float, bins: int) -> Counts:
    """The bin of each value: ``edge[k] <= x < edge[k + 1]``; the last bin also takes its upper edge.

    Args:
        values: float64, any shape, all from ``low`` to ``high``.
        low: the first edge.
        high: the last edge.
        bins: how many, of equal width.

    Returns:
        int64 of the values' shape.

    Source: hc148 specification, section 2.1.
    """
    index = np.zeros(values.size, dtype=np.int64)
    _append_bins(index, np.ascontiguousarray(values).ravel(), *bin_scale(low, high, bins), bins)
    return index.reshape(values.shape)


@compiled
def _append_bins(index: Counts, values: Real, first: float, width: float, bins: int) -> None:
    """Make each value's bin the last digit of its index, in the base of the number of bins.

    A multiplication comes within one of the bin; comparison with its two edges decides.
    """
    last, per_unit = bins - 1.0, 1.0 / width
    for i in range(index.size):
        k = np.floor(min((values[i] - first) * per_unit, last))
        beyond = (values[i] >= first + (k + 1.0) * width) & (k < last)
        k += (1.0 if beyond else 0.0) - (1.0 if values[i] < first + k * width else 0.0)
        index[i] = index[i] * bins + np.int64(k)


def histogram(values: Real, bins: int, span: tuple[float, float] | None = None) -> Counts:
    """Counts of ``values`` in equal bins over a span that holds them all, else from minimum to maximum."""
    low, high = span or (float(values.min()), float(values.max()))
    return _histogram((np.ascontiguousarray(values).ravel(),), (bin_scale(low, high, bins),), bins)


def joint_histogram(planes: Sequence[Real], bins: int) -> Counts:
    """The same of the tuples of values at each place of several planes, flat, the first plane outermost."""
    scales = [bin_scale(float(values.min()), float(values.max()), bins) for values in planes]
    return _histogram(tuple(np.ascontiguousarray(values).ravel() for values in planes), tuple(scales), bins)


@compiled
def _histogram(planes: tuple[Real, ...], scales: tuple[tuple[float, float], ...], bins: int) -> Counts:
    even, odd = _tables(bins ** len(planes))
    block = np.empty(_BLOCK, dtype=np.int64)
    for start in range(0, planes[0].size, _BLOCK):
        index = block[: min(_BLOCK, planes[0].size - start)]
        index[:] = 0
        for axis in range(len(planes)):
            first, width = scales[axis]
            _append_bins(index, planes[axis][start:], first, width, bins)
        _count(even, odd, index)
    return even + odd


@compiled
def _tables(size: int) -> tuple[Counts, Counts]:
    """Two tables: an increment waits for the one before it where both are of one place."""
    return np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)


@compiled
def _count(even: Counts, odd: Counts, index: Whole) -> None:
    for i in range(0, index.size - 1, 2):
        even[np.uintp(index[i])] += 1
        odd[np.uintp(index[i + 1])] += 1
    if index.size % 2:
        even[np.uintp(index[-1])] += 1


def level_counts(levels: Whole, count: int = 256) -> Counts:
    """How often each of the integers 0 .. count - 1 occurs in a plane."""
    return _level_counts(np.ascontiguousarray(levels).ravel(), count)


@compiled
def _level_counts(levels: Whole, count: int) -> Counts:
    even, odd = _tables(count)
    _count(even, odd, levels)
    return even + odd


def joint_counts(planes: tuple[Levels, Levels, Levels], digits: Levels, base: int) -> Counts:
    """How often each tuple of digits occurs at one place of three planes, flat, the first plane outermost.

    Args:
        planes: of one shape.
        digits: uint8 (3, 256), the digit of each level of each plane.
        base: what all digits are below.
    """
    tables = digits * np.array([[base * base], [base], [1]])
    red, green, blue = (np.ascontiguousarray(plane).ravel() for plane in planes)
    return _joint_counts(red, green, blue, tables, base**3)


@compiled
def _joint_counts(
    first: Levels, second: Levels, third: Levels, tables: npt.NDArray[np.int64], size: int
) -> Counts:
    even, odd = _tables(size)
    block = np.empty(_BLOCK, dtype=np.int64)
    for start in range(0, first.size, _BLOCK):
        index = block[: min(_BLOCK, first.size - start)]
        for i in range(index.size):
            x = np.uintp(start + i)
            pair = tables[0, np.uintp(first[x])] + tables[1, np.uintp(second[x])]
            index[i] = pair + tables[2, np.uintp(third[x])]
        _count(even, odd, index)
    return even + odd


def code_histogram(counts: Counts, bins: int) -> Counts:
    """Histogram over the range of the codes present, from the count of each code 0, 1, 2 ...

    Stretching the bins over the codes present puts one code into different bins for different pictures;
    kept from the original (specification, section 5.4).
    """
    present = np.flatnonzero(counts)
    index = bin_index(present.astype(np.float64), float(present[0]), float(present[-1]), bins)
    return np.bincount(index, weights=counts[present], minlength=bins).astype(np.intp)


def entropy(counts: Counts | Real) -> float:
    """``-sum p ln p`` in nat, with ``p = (c + 1e-10) / sum(c + 1e-10)`` over all bins, empty ones too.

    Empty bins are alike, so that one logarithm serves them all.

    Source: hc148 specification, section 2.2.
    """
    present = counts[counts > 0]
    total = float(present.sum()) + counts.size * EPS0
    share, empty = (present + EPS0) / total, EPS0 / total
    return -float((share * np.log(share)).sum() + (counts.size - present.size) * empty * np.log(empty))
