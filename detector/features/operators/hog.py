"""Histograms of oriented gradients.

N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005,
doi:10.1109/CVPR.2005.177.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.features.arrays import Real

ORIENTATIONS = 9
_NO_BIN = ORIENTATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """Length and direction bin of the gradient at each pixel."""

    magnitude: Real
    """float64 (rows, columns), central differences without the half."""
    bins: npt.NDArray[np.intp]
    """0 .. 8, twenty degrees each; 9 for an angle that rounding made 180 degrees, which belongs to none."""


def orientation(image: Real) -> Orientation:
    """Central differences of ``image``, zero on the frame, as length and direction modulo 180 degrees."""
    vertical, horizontal = np.zeros_like(image), np.zeros_like(image)
    np.subtract(image[2:], image[:-2], out=vertical[1:-1])
    np.subtract(image[:, 2:], image[:, :-2], out=horizontal[:, 1:-1])
    angle = np.rad2deg(np.arctan2(vertical, horizontal))
    # Floored modulo of an angle in -180 .. 180: a tiny negative one becomes 180, 180 itself becomes 0.
    folded = np.where(angle < 0.0, angle + 180.0, np.where(angle == 180.0, 0.0, angle))
    return Orientation(magnitude=np.hypot(horizontal, vertical), bins=(folded / 20.0).astype(np.intp))


def _cell_histograms(gradient: Orientation, cell: int) -> npt.NDArray[np.float32]:
    """Sum of magnitudes by cell and orientation, added in float32 pixel by pixel in raster order.

    The single-precision sum is the original's (specification, section 5.22); a sum in binary64 would move
    the normalised values by up to 1e-6.
    """
    cells = gradient.magnitude.shape[0] // cell
    used = cells * cell
    row = np.arange(used) // cell * cells
    bins = gradient.bins[:used, :used]
    slot = (row[:, None] + np.arange(used) // cell) * (ORIENTATIONS + 1) + bins
    totals = np.zeros(cells * cells * (ORIENTATIONS + 1), dtype=np.float32)
    np.add.at(totals, slot.ravel(), gradient.magnitude[:used, :used].ravel())
    by_cell = totals.reshape(cells, cells, ORIENTATIONS + 1)[..., :_NO_BIN]
    return np.divide(by_cell, cell * cell, dtype=np.float32)


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
    cells = _cell_histograms(gradient, cell).astype(np.float64)
    windows = (cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:])
    blocks = np.concatenate(windows, axis=-1)
    blocks /= np.sqrt((blocks * blocks).sum(axis=-1, keepdims=True) + 1e-10)
    np.minimum(blocks, 0.2, out=blocks)
    blocks /= np.sqrt((blocks * blocks).sum(axis=-1, keepdims=True) + 1e-10)
    return blocks.ravel()
