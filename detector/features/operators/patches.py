"""Square patches on a grid from the upper left corner."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from detector.features.arrays import Real
from detector.features.compiled import compiled_sum

_Scalar = TypeVar("_Scalar", bound=np.generic)


def patches(image: npt.NDArray[_Scalar], side: int) -> npt.NDArray[_Scalar]:
    """Whole patches of ``side`` pixels in raster order, (count, side, side).

    Of 255 pixels the last 7, 15 or 31 are in no patch of 8, 16 or 32; kept from the original
    (specification, sections 2.20 and 5.9).
    """
    count = image.shape[0] // side
    used = image[: count * side, : count * side]
    grid = used.reshape(count, side, count, side).swapaxes(1, 2)
    return grid.reshape(count * count, side, side)


@compiled_sum
def patch_variances(image: Real, side: int) -> Real:
    """Variance of each of the same patches, float64 (count,): columns within patches first, then patches."""
    across = image.shape[0] // side
    variances, columns, means = np.empty((across, across)), np.empty(across * side), np.empty(across * side)
    for down in range(across):
        columns[:] = 0.0
        for y in range(down * side, (down + 1) * side):
            for x in range(columns.size):
                columns[x] += image[y, x]
        for patch in range(across):
            here = slice(patch * side, (patch + 1) * side)
            means[here] = columns[here].sum() / (side * side)
        columns[:] = 0.0
        for y in range(down * side, (down + 1) * side):
            for x in range(columns.size):
                columns[x] += (image[y, x] - means[x]) * (image[y, x] - means[x])
        for patch in range(across):
            variances[down, patch] = columns[patch * side : (patch + 1) * side].sum() / (side * side)
    return variances.ravel()
