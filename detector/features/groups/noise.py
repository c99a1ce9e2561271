"""Noise (2): a robust noise level and what stands out beyond it."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import EPS0, Real
from detector.features.canvas import Canvas
from detector.features.compiled import compiled
from detector.features.operators.daubechies import diagonal_details
from detector.features.operators.histogram import entropy, histogram
from detector.features.operators.moments import variance
from detector.features.operators.ranks import median

_NORMAL_QUARTILE = 0.6744897501960817


def noise_level(gray: Real) -> float:
    """Standard deviation of Gaussian noise from the finest Daubechies-2 diagonal band; nan if it is all zero.

    Coefficients that are exactly 0.0 are thrown away. In flat drawings the rest is rounding noise mixed
    with edges, hence PyWavelets' order of summation, which decides what is exactly zero (kept;
    specification, section 5.12).

    Source: hc148 specification, section 2.15; D. Donoho, I. Johnstone, "Ideal spatial adaptation by wavelet
    shrinkage", Biometrika 81 (1994), doi:10.1093/biomet/81.3.425.
    """
    kept = _magnitudes(diagonal_details(gray).ravel())
    return median(kept) / _NORMAL_QUARTILE if kept.size else float("nan")


@compiled
def _magnitudes(details: Real) -> Real:
    """Absolute values of those that aren't zero."""
    magnitudes, count = np.empty_like(details), np.uintp(0)
    for detail in details:
        magnitudes[count] = abs(detail)
        count += np.uintp(detail != 0.0)
    return magnitudes[:count]


def noise(canvas: Canvas) -> dict[str, float]:
    """Entropy of what lies beyond mean +- 2 sigma, and the ratio of variance to noise power.

    "Noise" in noise_entropy is picture content beyond that band, not noise (kept; specification, section
    5.11). Where the noise level is nan the original stopped with an error; both features are nan here.
    Units: nat, 0 to ln 256; decibel, from -100 for a flat picture.

    Source: hc148 specification, section 3.5; arXiv:2504.07078.
    """
    sigma = noise_level(canvas.gray)
    if np.isnan(sigma):
        return {"noise_entropy": sigma, "snr": sigma}
    mean = canvas.gray.mean()
    beyond = canvas.gray - np.clip(canvas.gray, mean - 2.0 * sigma, mean + 2.0 * sigma)
    power = sigma * sigma if sigma > 0.0 else EPS0
    return {
        "noise_entropy": entropy(histogram(beyond, 256)),
        "snr": float(10.0 * np.log10(variance(canvas.gray) / power + EPS0)),
    }
