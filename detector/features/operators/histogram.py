"""Histograms with edges that decide, and the entropy of their counts."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from detector.features.arrays import EPS0, Counts, Levels, Real
from detector.features.compiled import compiled


def bin_edges(low: float, high: float, bins: int) -> Real:
    """Edges ``low + k (high - low) / bins``, the last exactly ``high``; an empty range is widened by 0.5."""
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges: Real = low + np.arange(bins + 1, dtype=np.float64) * ((high - low) / bins)
    edges[-1] = high
    return edges


def bin_index(values: Real, edges: Real) -> Counts:
    """The bin of each value: ``edges[k] <= x < edges[k + 1]``; the last bin also takes its upper edge.

    Args:
        values: float64, any shape, all within the edges.
        edges: float64 (bins + 1,), equally spaced, ascending.

    Returns:
        intp of the values' shape.

    Source: hc148 specification, section 2.1.
    """
    index = np.zeros(values.size, dtype=np.intp)
    _append_bins(index, np.ascontiguousarray(values).ravel(), *_sides(edges))
    return index.reshape(values.shape)


def _sides(edges: Real) -> tuple[Real, Real]:
    """What a bin's values must reach, and what they must stay below."""
    return edges[:-1], np.append(edges[1:-1], np.inf)


@compiled
def _append_bins(index: Counts, values: Real, lower: Real, upper: Real) -> None:
    """Make each value's bin the last digit of its index, in the base of the number of bins.

    A division comes within one of the bin; comparison with its two edges decides.
    """
    bins, last = np.intp(lower.size), float(lower.size - 1)
    low, per_unit = lower[0], last / (lower[-1] - lower[0])
    for i in range(values.size):
        k = np.uintp(min((values[i] - low) * per_unit, last))
        bin_ = np.intp(k) + np.intp(values[i] >= upper[k]) - np.intp(values[i] < lower[k])
        index[i] = index[i] * bins + bin_


def histogram(values: Real, bins: int) -> Counts:
    """Counts of ``values`` in equal bins between their minimum and maximum."""
    return joint_histogram((values,), bins)


def joint_histogram(planes: Sequence[Real], bins: int) -> Counts:
    """The same of the tuples of values at each place of several planes, flat, the first plane outermost."""
    index = np.zeros(planes[0].size, dtype=np.intp)
    for values in planes:
        edges = bin_edges(float(values.min()), float(values.max()), bins)
        _append_bins(index, np.ascontiguousarray(values).ravel(), *_sides(edges))
    return occurrences(index, bins ** len(planes))


@compiled
def occurrences(index: Counts, size: int) -> Counts:
    """How often each of 0 .. size - 1 occurs among intp (n,).

    In two tables: an increment waits for the one before it where both are of one place.
    """
    even, odd = np.zeros(size, dtype=np.intp), np.zeros(size, dtype=np.intp)
    for i in range(0, index.size - 1, 2):
        even[np.uintp(index[i])] += 1
        odd[np.uintp(index[i + 1])] += 1
    if index.size % 2:
        even[np.uintp(index[-1])] += 1
    return even + odd


def level_counts(levels: Levels, count: int = 256) -> Counts:
    """How often each of the integers 0 .. count - 1 occurs in a plane."""
    return joint_counts((levels,), count)


def joint_counts(planes: Sequence[Levels], count: int) -> Counts:
    """How often each tuple of integers 0 .. count - 1 occurs at one place of several planes, flat."""
    axes = range(len(planes))
    sizes, spans = [count for _ in axes], [end for _ in axes for end in (0, count)]
    counts = cv2.calcHist(list(planes), list(axes), None, sizes, spans)
    return np.asarray(counts, dtype=np.float32).ravel().astype(np.intp)


def code_histogram(counts: Counts, bins: int) -> Counts:
    """Histogram over the range of the codes present, from the count of each code 0, 1, 2 ...

    Stretching the bins over the codes present puts one code into different bins for different pictures;
    kept from the original (specification, section 5.4).
    """
    present = np.flatnonzero(counts)
    index = bin_index(present.astype(np.float64), bin_edges(float(present[0]), float(present[-1]), bins))
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
