"""The diagonal details of Daubechies' wavelet with two vanishing moments, in PyWavelets' order of summation.

I. Daubechies, "Orthonormal bases of compactly supported wavelets", Comm. Pure Appl. Math. 41 (1988),
doi:10.1002/cpa.3160410705.
"""

from __future__ import annotations

import numpy as np
import pywt  # type: ignore[import-untyped]  # PyWavelets ships no types

from detector.features.arrays import SIDE, Indices, Real
from detector.features.compiled import compiled

_HIGH_PASS = np.array(pywt.Wavelet("db2").dec_hi)
_TAPS = _HIGH_PASS.size
_DETAILS = (SIDE + _TAPS - 1) // 2


def _terms() -> tuple[Real, Indices]:
    """The weights of each detail coefficient and the samples that they meet, (129, 4), in order.

    ``d[k] = sum_j h[j] x[2k + 1 - j]``, half-sample symmetric. The sum goes through the taps, but those that
    lie beyond the last sample come first, the nearest of them foremost. A sum in another order leaves
    rounding where the original had exactly 0, which decides what it counts.
    """
    places = 2 * np.arange(_DETAILS)[:, None] + 1 - np.arange(_TAPS)
    order = np.argsort(np.where(places < SIDE, np.arange(_TAPS), places - 2 * SIDE), axis=1)
    places = np.take_along_axis(places, order, axis=1)
    mirrored = np.where(places < 0, -1 - places, places)
    return _HIGH_PASS[order], np.where(mirrored < SIDE, mirrored, 2 * SIDE - 1 - mirrored)


_WEIGHTS, _SAMPLES = _terms()


@compiled
def diagonal_details(image: Real) -> Real:
    """The finest detail band across both axes of a float64 (255, 255) picture, float64 (129, 129).

    Source: hc148 specification, section 2.15.
    """
    details, line = np.empty((_DETAILS, _DETAILS)), np.empty(SIDE)
    for down in range(_DETAILS):
        w, y = _WEIGHTS[down], _SAMPLES[down]
        for column in range(SIDE):
            total = w[0] * image[y[0], column] + w[1] * image[y[1], column]
            line[column] = total + w[2] * image[y[2], column] + w[3] * image[y[3], column]
        for across in range(_DETAILS):
            w, x = _WEIGHTS[across], _SAMPLES[across]
            total = w[0] * line[x[0]] + w[1] * line[x[1]]
            details[down, across] = total + w[2] * line[x[2]] + w[3] * line[x[3]]
    return details
