"""Frequency (10): the spectral fingerprint of resampling and generation."""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy import fft

from detector.features.arrays import EPS0, PIXELS, SIDE, Real
from detector.features.canvas import Canvas
from detector.features.compiled import compiled_sum
from detector.features.operators.moments import weighted_squares, weighted_sum
from detector.features.operators.spectrum import Spectrum, folded

_BOTH = folded(np.ones((SIDE, SIDE)))
"""How many coefficients of the whole plane each one of the half stands for."""


def _misplaced() -> Real:
    """The sum of both frequencies in unshifted order, as it falls on the shifted spectrum (folded)."""
    misplaced = np.fft.ifftshift(np.abs(np.fft.fftfreq(SIDE)))
    return folded(misplaced[:, None] + misplaced)


_MISPLACED = _misplaced()


def _fourier(spectrum: Spectrum) -> dict[str, float]:
    """Phases at opposite frequencies are opposite, so that their mean is that of frequency 0 alone."""
    low, mid, high = spectrum.ring_energy(0.0, 0.2, 0.6, np.inf)
    total = low + mid + high + EPS0
    log_magnitude = np.sqrt(spectrum.power)
    log_magnitude += EPS0
    np.log(log_magnitude, out=log_magnitude)
    phase = np.arctan2(spectrum.imaginary, spectrum.real)
    log_total = weighted_sum(log_magnitude, _BOTH)
    log_mean, phase_mean = log_total / PIXELS, float(phase[0].sum()) / PIXELS
    return {
        "fft_low_energy_ratio": float(low / total),
        "fft_mid_energy_ratio": float(mid / total),
        "fft_high_energy_ratio": float(high / total),
        "fft_spectral_centroid": weighted_sum(log_magnitude, _MISPLACED) / (2.0 * log_total + EPS0),
        "fft_log_mag_mean": log_mean,
        "fft_log_mag_std": sqrt(weighted_squares(log_magnitude, log_mean, _BOTH) / PIXELS),
        "fft_phase_std": sqrt(weighted_squares(phase, phase_mean, _BOTH) / PIXELS),
    }


def _cosine(gray: Real) -> dict[str, float]:
    coefficients = fft.dctn(gray, norm="ortho")
    largest = max(float(coefficients.max()), -float(coefficients.min()))
    total, high, small = _energies(coefficients, 0.01 * largest)
    constant = float(coefficients[0, 0]) ** 2
    return {
        "dct_ac_dc_ratio": (total - constant) / (constant + EPS0),
        "dct_high_freq_energy": float(np.divide(high, total)),
        "dct_sparsity": small / PIXELS,
    }


@compiled_sum
def _energies(coefficients: Real, limit: float) -> tuple[float, float, int]:
    """Energy of all and of the upper half of both frequencies; how many are smaller than ``limit``."""
    total, high, small = 0.0, 0.0, 0
    for y in range(SIDE):
        lower, upper = 0.0, 0.0
        for x in range(SIDE // 2):
            lower += coefficients[y, x] * coefficients[y, x]
            small += abs(coefficients[y, x]) < limit
        for x in range(SIDE // 2, SIDE):
            upper += coefficients[y, x] * coefficients[y, x]
            small += abs(coefficients[y, x]) < limit
        total += lower + upper
        high += upper if y >= SIDE // 2 else 0.0
    return total, high, small


def frequency(canvas: Canvas) -> dict[str, float]:
    """Energy of three rings of the Fourier plane, its log magnitude and phase, and the cosine transform.

    Rings end at 0.2 and 0.6 of the largest distance from frequency 0. ``ln(|F| + 1e-10)`` may be negative,
    so the centroid's denominator may come near zero. Units: shares in [0, 1]; centroid in cycles per pixel;
    log magnitude in nat; phase in radian. dct_high_freq_energy of a black picture is nan.

    Source: hc148 specification, section 3.6.
    """
    return _fourier(canvas.spectrum) | _cosine(canvas.gray)
