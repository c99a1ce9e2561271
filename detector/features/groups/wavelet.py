"""Wavelet statistics (12): detail coefficients of a two-level Haar transform."""

from __future__ import annotations

import numpy as np

from detector.features.canvas import Canvas


def wavelet(canvas: Canvas) -> dict[str, float]:
    """Mean of absolute and deviation of signed coefficients, by level and band.

    The original calls this wavelet packets; it is the plain transform, and LH is the band of differences
    across rows (kept; specification, section 5.23). Gray levels times 1 (level 1) or 2 (level 2).

    Source: hc148 specification, section 3.12.
    """
    values: dict[str, float] = {}
    for number, level in enumerate(canvas.haar, start=1):
        for name, band in (("LH", level.lh), ("HL", level.hl), ("HH", level.hh)):
            values[f"wvt_L{number}_{name}_mean"] = float(np.abs(band).mean())
            values[f"wvt_L{number}_{name}_std"] = float(band.std())
    return values
