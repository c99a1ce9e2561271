"""Wavelet statistics (12): detail coefficients of a two-level Haar transform."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Real
from detector.features.canvas import Canvas
from detector.features.compiled import compiled_sum


def wavelet(canvas: Canvas) -> dict[str, float]:
    """Mean of absolute and deviation of signed coefficients, by level and band.

    The original calls this wavelet packets; it is the plain transform, and LH is the band of differences
    across rows (kept; specification, section 5.23). Gray levels times 1 (level 1) or 2 (level 2).

    Source: hc148 specification, section 3.12.
    """
    values: dict[str, float] = {}
    for number, level in enumerate(canvas.haar, start=1):
        for name, band in (("LH", level.lh), ("HL", level.hl), ("HH", level.hh)):
            size, deviation = _size_and_deviation(band.ravel())
            values[f"wvt_L{number}_{name}_mean"] = size
            values[f"wvt_L{number}_{name}_std"] = deviation
    return values


@compiled_sum
def _size_and_deviation(band: Real) -> tuple[float, float]:
    """Mean of the absolute values, and standard deviation."""
    total, absolute, squares = 0.0, 0.0, 0.0
    for i in range(band.size):
        total += band[i]
        absolute += abs(band[i])
    mean = total / band.size
    for i in range(band.size):
        squares += (band[i] - mean) * (band[i] - mean)
    return absolute / band.size, np.sqrt(squares / band.size)
