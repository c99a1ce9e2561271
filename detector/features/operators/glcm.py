"""Gray-level co-occurrence: how often two levels meet at a fixed offset.

R. Haralick, K. Shanmugam, I. Dinstein, "Textural features for image classification", IEEE TSMC 3 (1973),
doi:10.1109/TSMC.1973.4309314.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detector.features.arrays import Levels, Real
from detector.features.operators.histogram import joint_counts, level_counts


class Cooccurrence(NamedTuple):
    """Four properties of a symmetric, normalised co-occurrence matrix P."""

    contrast: float
    """``sum P (i - j)^2``, squared levels."""
    correlation: float
    """Of the two levels of a pair, in [-1, 1]; 1 where all levels are equal."""
    energy: float
    """``sqrt(sum P^2)``, in (0, 1]."""
    homogeneity: float
    """``sum P / (1 + (i - j)^2)``, in (0, 1]."""


def cooccurrence(image: Levels, dy: int, dx: int, levels: int = 256) -> Cooccurrence:
    """Properties of the pairs (pixel, pixel at offset (dy, dx)), both inside.

    The matrix itself is needed for the energy alone; it is counted as unordered pairs {i, j}, whose count D
    stands in both cells of the symmetric matrix, and doubled on its diagonal.

    Args:
        image: uint8 (rows, columns), values below ``levels``.
        dy: rows down, not negative.
        dx: columns right; negative means left.
        levels: K of the specification.

    Source: hc148 specification, section 2.10.
    """
    rows, columns = image.shape
    first = image[: rows - dy, max(0, -dx) : columns - max(0, dx)]
    second = image[dy:, max(0, dx) : columns + min(0, dx)]
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs = joint_counts((low, high), levels).astype(np.float64).reshape(levels, levels)
    apart = level_counts(high - low, levels).astype(np.float64)
    total = float(first.size)
    squares = np.arange(levels, dtype=np.float64) ** 2
    square_difference = float((apart * squares).sum())
    cells = 2.0 * float(np.vdot(pairs, pairs)) + 2.0 * float((np.diagonal(pairs) ** 2).sum())
    return Cooccurrence(
        contrast=square_difference / total,
        correlation=_correlation(pairs.sum(axis=0) + pairs.sum(axis=1), square_difference),
        energy=float(np.sqrt(cells)) / (2.0 * total),
        homogeneity=float((apart / (1.0 + squares)).sum()) / total,
    )


def _correlation(counts: Real, square_difference: float) -> float:
    """Correlation over both orders of each pair, from how often each level occurs in the pairs.

    ``2 sum ij = sum i^2 + sum j^2 - sum (i - j)^2``. All sums are whole numbers that binary64 holds.
    """
    level = np.arange(counts.size, dtype=np.float64)
    total = float(counts.sum())
    linear, square = float((counts * level).sum()), float((counts * level * level).sum())
    spread = total * square - linear * linear
    if spread == 0.0:
        return 1.0
    return (total * (square - square_difference) - linear * linear) / spread
