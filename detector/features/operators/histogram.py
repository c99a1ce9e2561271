"""Histograms with edges that decide, and the entropy of their counts."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import EPS0, Counts, Real


def bin_edges(low: float, high: float, bins: int) -> Real:
    """Edges ``low + k (high - low) / bins``, the last exactly ``high``; an empty range is widened by 0.5."""
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges: Real = low + np.arange(bins + 1, dtype=np.float64) * ((high - low) / bins)
    edges[-1] = high
    return edges


def bin_index(values: Real, edges: Real) -> Counts:
    """The bin of each value: ``edges[k] <= x < edges[k + 1]``; the last bin also takes its upper edge.

    A multiplication finds the bin, comparisons with the edges correct what it rounded across one.

    Args:
        values: float64, any shape, all within the edges.
        edges: float64 (bins + 1,), equally spaced, ascending.

    Returns:
        intp of the values' shape.

    Source: hc148 specification, section 2.1.
    """
    bins = edges.size - 1
    index: Counts = ((values - edges[0]) * (bins / (edges[-1] - edges[0]))).astype(np.intp)
    np.minimum(index, bins - 1, out=index)
    index -= values < edges[index]
    index += (values >= edges[index + 1]) & (index < bins - 1)
    return index


def histogram(values: Real, bins: int, span: tuple[float, float] | None = None) -> Counts:
    """Counts of ``values`` in equal bins over ``span``, or over their own minimum and maximum."""
    low, high = span if span is not None else (float(values.min()), float(values.max()))
    return np.bincount(bin_index(values.ravel(), bin_edges(low, high, bins)), minlength=bins)


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
    filled = counts[counts > 0] + EPS0
    empty = counts.size - filled.size
    total = filled.sum() + empty * EPS0
    share = filled / total
    share_empty = EPS0 / total
    return float(-(share * np.log(share)).sum() - empty * share_empty * np.log(share_empty))
