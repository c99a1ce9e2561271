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
    upper = np.append(edges[1:-1], np.inf)
    return _bin_index(np.ascontiguousarray(values).ravel(), edges[:-1], upper).reshape(values.shape)


@compiled
def _bin_index(values: Real, lower: Real, upper: Real) -> Counts:
    """A division comes within one of the bin; comparison with its two edges decides."""
    last = lower.size - 1
    low, per_unit = lower[0], last / (lower[last] - lower[0])
    index = np.empty(values.size, dtype=np.intp)
    for i in range(values.size):
        k = np.uintp(min((values[i] - low) * per_unit, float(last)))
        index[i] = np.intp(k) + np.intp(values[i] >= upper[k]) - np.intp(values[i] < lower[k])
    return index


def histogram(values: Real, bins: int) -> Counts:
    """Counts of ``values`` in equal bins between their minimum and maximum."""
    edges = bin_edges(float(values.min()), float(values.max()), bins)
    return np.bincount(bin_index(values.ravel(), edges), minlength=bins)


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

    Source: hc148 specification, section 2.2.
    """
    share = counts + EPS0
    share /= share.sum()
    return -float((share * np.log(share)).sum())
