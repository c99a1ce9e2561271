"""Noise, Fourier and cosine spectra, wavelets and autocorrelation, plainly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pywt  # type: ignore[import-untyped]  # PyWavelets ships no types
from scipy import fft, ndimage
from skimage.restoration import estimate_sigma

from .common import EPS0, Array, Plain, Values, correlation, entropy

_RHO = np.hypot(*np.meshgrid(np.arange(-127, 128), np.arange(-127, 128)))
_RHO_MAX = np.sqrt(127.0**2 + 127.0**2)


def noise(picture: Plain) -> Values:
    gray = picture.gray
    sigma = float(estimate_sigma(gray)) if gray.any() else np.nan
    if np.isnan(sigma):
        return {"noise_entropy": np.nan, "snr": np.nan}
    beyond = gray - np.clip(gray, gray.mean() - 2 * sigma, gray.mean() + 2 * sigma)
    power = sigma**2 if sigma > 0 else 1e-10
    return {
        "noise_entropy": entropy(np.histogram(beyond, bins=256)[0]),
        "snr": float(10 * np.log10(gray.var() / power + EPS0)),
    }


def _ring(power: Array, low: float, high: float) -> float:
    share = _RHO / _RHO_MAX
    return float(power[(share >= low) & (share < high)].sum())


def frequency(picture: Plain) -> Values:
    shifted = np.fft.fftshift(np.fft.fft2(picture.gray))
    power = np.abs(shifted) ** 2
    total = power.sum() + EPS0
    logs = np.log(np.abs(shifted) + EPS0)
    q = np.abs(np.fft.fftfreq(255))
    cosine = fft.dctn(picture.gray, norm="ortho")
    energy = cosine**2
    with np.errstate(invalid="ignore"):
        high = energy[127:, 127:].sum() / energy.sum()
    return {
        "fft_low_energy_ratio": _ring(power, 0.0, 0.2) / total,
        "fft_mid_energy_ratio": _ring(power, 0.2, 0.6) / total,
        "fft_high_energy_ratio": _ring(power, 0.6, np.inf) / total,
        "fft_spectral_centroid": float(
            ((logs * q[:, None]).sum() + (logs * q).sum()) / (2 * logs.sum() + EPS0)
        ),
        "fft_log_mag_mean": float(logs.mean()),
        "fft_log_mag_std": float(logs.std()),
        "fft_phase_std": float(np.angle(shifted).std()),
        "dct_ac_dc_ratio": float((energy.sum() - energy[0, 0]) / (energy[0, 0] + EPS0)),
        "dct_high_freq_energy": float(high),
        "dct_sparsity": float((np.abs(cosine) < 0.01 * np.abs(cosine).max()).mean()),
    }


def midband(picture: Plain) -> Values:
    power = np.abs(np.fft.fftshift(np.fft.fft2(picture.gray))) ** 2
    rings = np.array([_ring(power, *ends) for ends in pairwise((0.0, 0.1, 0.25, 0.45, 0.7, 1.0))])
    share = rings / (rings.sum() + EPS0)
    deviation = share - np.array([0.65, 0.20, 0.10, 0.035, 0.015])
    return {
        "midband_energy_ratio": float(share[2]),
        "midband_deviation": float(deviation[2]),
        "spectral_slope_deviation": float(deviation.std()),
        "high_to_mid_ratio": float(share[4] / (share[2] + EPS0)),
    }


def wavelet(picture: Plain) -> Values:
    values: Values = {}
    approximation = picture.gray
    for level in (1, 2):
        side = approximation.shape[0] % 2
        even = np.pad(approximation, ((0, side), (0, side)), mode="edge")
        approximation, details = pywt.dwt2(even, "haar")
        for name, band in zip(("LH", "HL", "HH"), details, strict=True):
            values[f"wvt_L{level}_{name}_mean"] = float(np.abs(band).mean())
            values[f"wvt_L{level}_{name}_std"] = float(band.std())
    return values


def residual_autocorrelation(picture: Plain) -> Values:
    residual = picture.gray - ndimage.gaussian_filter(picture.gray, 1.5, mode="reflect")
    a = np.array([1.0] + [correlation(residual[:, :-lag], residual[:, lag:]) for lag in range(1, 63)])
    peaks = [a[lag] for lag in range(4, 62) if a[lag] > a[lag - 1] and a[lag] > a[lag + 1]]
    return {
        "acf_n_secondary_peaks": float(len(peaks)),
        "acf_max_secondary_peak": float(max(peaks, default=0.0)),
        "acf_decay_rate": float(a[1] - a[10]),
        "acf_lag2": float(a[2]),
        "acf_lag8": float(a[8]),
    }
