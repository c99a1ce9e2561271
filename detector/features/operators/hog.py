"""Histograms of oriented gradients.

N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005,
doi:10.1109/CVPR.2005.177.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from detector.features.arrays import Levels, Real, Single
from detector.features.operators.planes import length

ORIENTATIONS = 9
_BINS = ORIENTATIONS + 1
_HALF_TURN = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """Length and direction bin of the gradient at each pixel."""

    magnitude: Single
    """float32 (rows, columns), central differences without the half."""
    bins: Levels
    """0 .. 8, twenty degrees each; 9 for an angle that rounding made 180 degrees, which belongs to none."""


def orientation(image: Real) -> Orientation:
    """Central differences of ``image``, zero on the frame, as length and direction modulo 180 degrees."""
    vertical, horizontal = np.zeros((2, *image.shape))
    np.subtract(image[2:], image[:-2], out=vertical[1:-1])
    np.subtract(image[:, 2:], image[:, :-2], out=horizontal[:, 1:-1])
    angle = np.rad2deg(np.arctan2(vertical, horizontal))
    # Modulo half a turn: a tiny negative angle becomes 180 degrees; straight left, at 180, becomes 0.
    angle += _HALF_TURN * (angle < 0.0)
    bins = (angle / 20.0).astype(np.uint8)
    bins *= vertical != 0.0
    return Orientation(magnitude=length(vertical, horizontal).astype(np.float32), bins=bins)


@cache
def _first_bins(cells: int, cell: int) -> npt.NDArray[np.intp]:
    """Where the histogram of each pixel's cell begins."""
    number = np.arange(cells * cells, dtype=np.intp).reshape(cells, cells) * _BINS
    return number.repeat(cell, axis=0).repeat(cell, axis=1)


def _cell_histograms(gradient: Orientation, cell: int) -> Single:
    """Sum of magnitudes by cell and orientation, added in float32 pixel by pixel in raster order.

    The single-precision sum is the original's (specification, section 5.22); a sum in binary64 would move
    the normalised values by up to 1e-6. The original added binary64 magnitudes; single ones, for which
    numpy's loop is forty times as fast, move them by up to 1e-7.
    """
    cells = gradient.magnitude.shape[0] // cell
    used = np.s_[: cells * cell, : cells * cell]
    totals = np.zeros(cells * cells * _BINS, dtype=np.float32)
    slot = _first_bins(cells, cell) + gradient.bins[used]
    np.add.at(totals, slot.ravel(), gradient.magnitude[used].ravel())
    by_cell = totals.reshape(cells, cells, _BINS)[..., :ORIENTATIONS]
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
    blocks /= np.sqrt(np.vecdot(blocks, blocks) + 1e-10)[..., None]
    np.minimum(blocks, 0.2, out=blocks)
    blocks /= np.sqrt(np.vecdot(blocks, blocks) + 1e-10)[..., None]
    return blocks.ravel()
