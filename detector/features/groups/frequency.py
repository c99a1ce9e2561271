"""Frequency (10): the spectral fingerprint of resampling and generation."""

from __future__ import annotations

from math import sqrt

import numpy as np
from scipy import fft

from detector.features.arrays import EPS0, SIDE, Real
from detector.features.canvas import Canvas
from detector.features.operators.moments import variance
from detector.features.operators.spectrum import Spectrum

_MISPLACED = np.fft.ifftshift(np.abs(np.fft.fftfreq(SIDE)))
"""Frequencies in unshifted order, as they fall on the shifted spectrum, in the transform's order."""


def _fourier(spectrum: Spectrum) -> dict[str, float]:
    low, mid, high = spectrum.ring_energy(0.0, 0.2, 0.6, np.inf) / (spectrum.power.sum() + EPS0)
    log_magnitude = np.log(np.sqrt(spectrum.power) + EPS0)
    phase = np.arctan2(spectrum.coefficients.imag, spectrum.coefficients.real)
    return {
        "fft_low_energy_ratio": float(low),
        "fft_mid_energy_ratio": float(mid),
        "fft_high_energy_ratio": float(high),
        "fft_spectral_centroid": _centroid(log_magnitude),
        "fft_log_mag_mean": float(log_magnitude.mean()),
        "fft_log_mag_std": sqrt(variance(log_magnitude)),
        "fft_phase_std": sqrt(variance(phase)),
    }


def _centroid(log_magnitude: Real) -> float:
    """Mean frequency of the log spectrum, with the original's misplaced frequencies.

    A centred spectrum is multiplied with frequencies in uncentred order, which swaps low and high (kept;
    specification, section 5.3).
    """
    weighted = (log_magnitude.sum(axis=1) * _MISPLACED).sum() + (log_magnitude.sum(axis=0) * _MISPLACED).sum()
    return float(weighted / (2.0 * log_magnitude.sum() + EPS0))


def _cosine(gray: Real) -> dict[str, float]:
    coefficients = np.abs(fft.dctn(gray, norm="ortho"))
    power = coefficients * coefficients
    total, constant = power.sum(), power[0, 0]
    return {
        "dct_ac_dc_ratio": float((total - constant) / (constant + EPS0)),
        "dct_high_freq_energy": float(power[SIDE // 2 :, SIDE // 2 :].sum() / total),
        "dct_sparsity": float(np.mean(coefficients < 0.01 * coefficients.max())),
    }


def frequency(canvas: Canvas) -> dict[str, float]:
    """Energy of three rings of the Fourier plane, its log magnitude and phase, and the cosine transform.

    Rings end at 0.2 and 0.6 of the largest distance from frequency 0. ``ln(|F| + 1e-10)`` may be negative,
    so the centroid's denominator may come near zero. Units: shares in [0, 1]; centroid in cycles per pixel;
    log magnitude in nat; phase in radian. dct_high_freq_energy of a black picture is nan.

    Source: hc148 specification, section 3.6.
    """
    return _fourier(canvas.spectrum) | _cosine(canvas.gray)
