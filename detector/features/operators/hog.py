"""Histograms of oriented gradients.

N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005,
doi:10.1109/CVPR.2005.177.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detector.features.arrays import Levels, Real, Single
from detector.features.compiled import compiled

ORIENTATIONS = 9
_HALF_TURN = 180.0
_TINY = 1e-14
"""Radian; more than any angle that is lost in half a turn."""
_BORDERS = np.deg2rad(np.arange(1, ORIENTATIONS) * _HALF_TURN / ORIENTATIONS)
_COSINES, _SINES = np.cos(_BORDERS), np.sin(_BORDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """Length and direction bin of the gradient at each pixel."""

    magnitude: Single
    """float32 (rows, columns), central differences without the half."""
    bins: Levels
    """0 .. 8, twenty degrees each; 9 for an angle that rounding made 180 degrees, which belongs to none."""


def orientation(image: Real) -> Orientation:
    """Central differences of ``image``, zero on the frame, as length and direction modulo 180 degrees."""
    magnitude, bins = _orientation(image, _COSINES, _SINES)
    return Orientation(magnitude=magnitude, bins=bins)


@compiled
def _orientation(image: Real, cosines: Real, sines: Real) -> tuple[Single, Levels]:
    """Turned into the upper half, a direction has passed the borders that lie at or behind it."""
    rows, columns = image.shape
    magnitude, bins = np.zeros(image.shape, dtype=np.float32), np.zeros(image.shape, dtype=np.uint8)
    one, vertical, horizontal = np.uintp(1), np.zeros(columns), np.zeros(columns)
    for row in range(rows):
        y = np.uintp(row)
        for column in range(columns):
            x = np.uintp(column)
            vertical[x] = image[y + one, x] - image[y - one, x] if 0 < row < rows - 1 else 0.0
        for column in range(1, columns - 1):
            x = np.uintp(column)
            horizontal[x] = image[y, x + one] - image[y, x - one]
        for column in range(columns):
            x = np.uintp(column)
            magnitude[y, x] = np.sqrt(vertical[x] * vertical[x] + horizontal[x] * horizontal[x])
        for k in range(cosines.size):
            for column in range(columns):
                x = np.uintp(column)
                down, beyond = vertical[x], vertical[x] * cosines[k] - horizontal[x] * sines[k]
                bins[y, x] += ((beyond >= 0.0) & (down > 0.0)) | ((beyond <= 0.0) & (down < 0.0))
        for column in range(columns):
            # Modulo half a turn a tiny negative angle becomes 180 degrees.
            down, right = vertical[column], horizontal[column]
            tiny = (down < 0.0) & (-down < _TINY * right)
            if tiny and _HALF_TURN + np.rad2deg(down / right) == _HALF_TURN:
                bins[y, column] = ORIENTATIONS
    return magnitude, bins


@compiled
def _totals(magnitude: Single, bins: Levels, cell: int) -> Single:
    """Sum of magnitudes by cell and orientation, added in float32, the pixels of each cell in raster order.

    The single-precision sum is the original's (specification, section 5.22); a sum in binary64 would move
    the normalised values by up to 1e-6. The original added binary64 magnitudes; single ones move them by
    up to 1e-7.
    """
    cells = magnitude.shape[0] // cell
    totals = np.zeros((cells, cells, ORIENTATIONS + 1), dtype=np.float32)
    for y in range(cells * cell):
        row = totals[y // cell]
        # From cell to cell: a sum waits for the one before it where both are of one place.
        for right in range(cell):
            for across in range(cells):
                c, x = np.uintp(across), np.uintp(across * cell + right)
                row[c, np.uintp(bins[y, x])] += magnitude[y, x]
    return totals


def hog(gradient: Orientation, cell: int) -> Real:
    """Block-normalised histograms (L2, cut at 0.2, L2 again) of 2 x 2 cells, 9 orientations.

    Pixels right of and below the last whole cell are unused.

    Args:
        gradient: of the canvas.
        cell: pixels of a cell's side.

    Returns:
        float64 (blocks * 36,) in [0, 1]: 32400, 7056 or 1296 values for cells of 8, 16 and 32 pixels.

    Source: hc148 specification, section 2.11.
    """
    totals = _totals(gradient.magnitude, gradient.bins, cell)[..., :ORIENTATIONS]
    cells = np.divide(totals, cell * cell, dtype=np.float32).astype(np.float64)
    windows = (cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:])
    blocks = np.concatenate(windows, axis=-1)
    blocks /= np.sqrt(np.vecdot(blocks, blocks) + 1e-10)[..., None]
    np.minimum(blocks, 0.2, out=blocks)
    blocks /= np.sqrt(np.vecdot(blocks, blocks) + 1e-10)[..., None]
    return blocks.ravel()
