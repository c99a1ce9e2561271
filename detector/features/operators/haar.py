"""The Haar wavelet on 2 x 2 blocks.

A. Haar, "Zur Theorie der orthogonalen Funktionensysteme", Math. Ann. 69 (1910), doi:10.1007/BF01456326.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detector.features.arrays import Real


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
    rows, columns = image.shape
    if rows % 2 or columns % 2:
        image = np.pad(image, ((0, rows % 2), (0, columns % 2)), mode="edge")
    total, difference = (image[::2] + image[1::2]) / 2.0, (image[::2] - image[1::2]) / 2.0
    return HaarLevel(
        approximation=total[:, ::2] + total[:, 1::2],
        lh=difference[:, ::2] + difference[:, 1::2],
        hl=total[:, ::2] - total[:, 1::2],
        hh=difference[:, ::2] - difference[:, 1::2],
    )
