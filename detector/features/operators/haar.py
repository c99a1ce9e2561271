"""The Haar wavelet on 2 x 2 blocks.

A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", Math. Ann. 69 (1910), doi:10.1007/BF01456326.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detector.features.arrays import Real
from detector.features.compiled import compiled


class HaarLevel(NamedTuple):
    """One level of the decomposition, four bands of half the size."""

    approximation: Real
    lh: Real
    """Differences across rows (PyWavelets' cH)."""
    hl: Real
    """Differences across columns (cV)."""
    hh: Real
    """Differences across both (cD)."""


def haar(image: Real) -> HaarLevel:
    """One level; a missing last row or column repeats the one before.

    Source: hc148 specification, section 2.14.
    """
    return HaarLevel(*_haar(np.ascontiguousarray(image)))


@compiled
def _haar(image: Real) -> tuple[Real, Real, Real, Real]:
    rows, columns = image.shape
    half = ((rows + 1) // 2, (columns + 1) // 2)
    approximation, lh, hl, hh = np.empty(half), np.empty(half), np.empty(half), np.empty(half)
    for y in range(half[0]):
        above, below = image[2 * y], image[min(2 * y + 1, rows - 1)]
        for x in range(half[1]):
            left, right = 2 * x, min(2 * x + 1, columns - 1)
            sum_left, sum_right = (above[left] + below[left]) / 2.0, (above[right] + below[right]) / 2.0
            fall_left, fall_right = (above[left] - below[left]) / 2.0, (above[right] - below[right]) / 2.0
            approximation[y, x], hl[y, x] = sum_left + sum_right, sum_left - sum_right
            lh[y, x], hh[y, x] = fall_left + fall_right, fall_left - fall_right
    return approximation, lh, hl, hh
