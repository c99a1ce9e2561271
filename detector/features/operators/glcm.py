"""Gray-level co-occurrence: how often two levels meet at a fixed offset.

R. Haralick, K. Shanmugam, I. Dinstein, "Textural features for image classification", IEEE TSMC 3 (1973),
doi:10.1109/TSMC.1973.4309314.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.features.arrays import Levels
from detector.features.compiled import compiled

Line: TypeAlias = npt.NDArray[np.uint16]
"""Pairs of a row as places in their matrix, or what is counted of them."""


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
    sums = _Sums(*_sums(_pairs(image, dy, dx, levels)))
    total = float((image.shape[0] - dy) * (image.shape[1] - abs(dx)))
    return Cooccurrence(
        contrast=sums.square_difference / total,
        correlation=_correlation(2.0 * total, sums),
        energy=float(np.sqrt(float(sums.cells))) / (2.0 * total),
        homogeneity=sums.homogeneity / total,
    )


class _Sums(NamedTuple):
    """Sums over the pairs {i, j}; whole numbers that binary64 holds, but for the homogeneity."""

    square_difference: int
    """Of ``(i - j)^2``."""
    homogeneity: float
    """Of ``1 / (1 + (i - j)^2)``."""
    linear: int
    """Of ``i + j``."""
    square: int
    """Of ``i^2 + j^2``."""
    cells: int
    """Of the squared cells of the symmetric matrix."""


@compiled
def _pairs(image: Levels, dy: int, dx: int, levels: int) -> Line:
    """Counts of {i, j}, i <= j; at most 65025 of them.

    An increment waits for the one before it where both are of one place: what repeats is counted at once.
    """
    rows, columns = image.shape
    count = columns - abs(dx)
    pairs = np.zeros(levels * levels, dtype=np.uint16)
    line, ends = np.empty(count + 1, dtype=np.uint16), np.empty(count, dtype=np.uint16)
    for y in range(rows - dy):
        upper, lower = image[y, max(0, -dx) :], image[y + dy, max(0, dx) :]
        for x in range(count):
            line[x] = min(upper[x], lower[x]) * np.uint16(levels) + max(upper[x], lower[x])
        line[count] = ~line[count - 1]
        runs = 0
        for x in range(count):
            runs += line[x] != line[x + 1]
        if 2 * runs > count:
            for x in range(count):
                pairs[np.uintp(line[x])] += 1
        else:
            _count_runs(pairs, line, ends)
    return pairs.reshape(levels, levels)


@compiled
def _count_runs(pairs: Line, line: Line, ends: Line) -> None:
    """Count a line's pairs run by run; ``ends`` is where their ends are noted."""
    run = np.uintp(0)
    for x in range(ends.size):
        # Written in any case, and kept where a run ends: no branch that the picture decides.
        ends[run] = x
        run += np.uintp(line[x] != line[x + 1])
    begun = 0
    for k in range(run):
        end = int(ends[k]) + 1
        pairs[np.uintp(line[end - 1])] += end - begun
        begun = end


@compiled
def _sums(pairs: Line) -> tuple[int, float, int, int, int]:
    """What `_Sums` holds, by way of the pairs of each difference and of each level."""
    levels = len(pairs)
    apart, occurs = np.zeros(levels, dtype=np.uint32), np.zeros(levels, dtype=np.uint32)
    cells = np.int64(0)
    for low in range(levels):
        row, total = pairs[low, low:], np.uint32(0)
        for difference in range(row.size):
            count = np.uint32(row[difference])
            apart[difference] += count
            occurs[low + difference] += count
            total += count
            cells += np.int64(np.uint32(count * count))
        occurs[low] += total
        cells += np.int64(row[0]) ** 2
    square_difference, linear, square, homogeneity = np.int64(0), np.int64(0), np.int64(0), 0.0
    for k in range(levels):
        square_difference += np.int64(apart[k]) * k * k
        homogeneity += apart[k] / (1.0 + k * k)
        linear += np.int64(occurs[k]) * k
        square += np.int64(occurs[k]) * k * k
    return int(square_difference), homogeneity, int(linear), int(square), 2 * int(cells)


def _correlation(total: float, sums: _Sums) -> float:
    """Correlation over both orders of each pair, of which there are ``total``.

    ``2 sum ij = sum i^2 + sum j^2 - sum (i - j)^2``.
    """
    linear, square = float(sums.linear), float(sums.square)
    spread = total * square - linear * linear
    if spread == 0.0:
        return 1.0
    return (total * (square - float(sums.square_difference)) - linear * linear) / spread
