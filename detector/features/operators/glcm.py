"""Gray-level co-occurrence: how often two levels meet at a fixed offset.

R. Haralick, K. Shanmugam, I. Dinstein, "Textural features for image classification", IEEE TSMC 3 (1973),
doi:10.1109/TSMC.1973.4309314.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detector.features.arrays import Levels


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
    first = image[: rows - dy, max(0, -dx) : columns - max(0, dx)].ravel()
    second = image[dy:, max(0, dx) : columns + min(0, dx)].ravel()
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs = np.bincount(low.astype(np.intp) * levels + high, minlength=levels * levels).astype(np.float64)
    apart = np.bincount(high - low, minlength=levels).astype(np.float64)
    total = first.size
    squares = np.arange(levels, dtype=np.float64) ** 2
    energy = np.sqrt(2.0 * (pairs * pairs).sum() + 2.0 * (pairs[:: levels + 1] ** 2).sum()) / (2.0 * total)
    return Cooccurrence(
        contrast=float((apart * squares).sum() / total),
        correlation=_correlation(first, second, float((apart * squares).sum()), levels),
        energy=float(energy),
        homogeneity=float((apart / (1.0 + squares)).sum() / total),
    )


def _correlation(first: Levels, second: Levels, square_difference: float, levels: int) -> float:
    """Correlation over both orders of each pair, from sums of whole numbers.

    ``2 sum ij = sum i^2 + sum j^2 - sum (i - j)^2``, so that the levels' counts suffice.
    """
    counts = np.bincount(first, minlength=levels) + np.bincount(second, minlength=levels)
    level = np.arange(levels)
    total = int(counts.sum())
    linear, square = int((counts * level).sum()), int((counts * level * level).sum())
    spread = total * square - linear * linear
    if spread == 0:
        return 1.0
    return (total * (square - int(square_difference)) - linear * linear) / spread
