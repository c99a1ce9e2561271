"""Residual autocorrelation (5): canvas weave and the periodic artefacts of generators."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from detector.features.arrays import SIDE, Real
from detector.features.canvas import Canvas
from detector.features.operators.filters import gaussian

_LAGS = 62


def _lag_sums(columns: Real) -> tuple[Real, Real]:
    """Sums over the first and over the last ``255 - lag`` columns, for lags 0 .. 62."""
    running = np.concatenate(([0.0], np.cumsum(columns)))
    lag = np.arange(_LAGS + 1)
    return running[SIDE - lag], running[SIDE] - running[lag]


def _diagonal_sums(products: Real) -> Real:
    """Sums of the main diagonal and of the 62 above it: columns of the matrix with each row moved left."""
    wide = np.pad(products, ((0, 0), (0, _LAGS)))
    row, column = wide.strides
    sums: Real = as_strided(wide, (SIDE, _LAGS + 1), (row + column, column)).sum(axis=0)
    return sums


def _flat_columns(residual: Real) -> int:
    """How many columns side by side at the left or at the right edge hold one and the same value."""
    edges = (residual, residual[:, ::-1])
    return max(int(np.cumprod((side == side[0, 0]).all(axis=0)).sum()) for side in edges)


def autocorrelation(residual: Real) -> Real:
    """Pearson correlation of all pairs ``lag`` columns apart, pooled over rows, for lags 0 .. 62.

    One product of the residual with itself holds the sums of products of any two columns; those of one lag
    lie on one of its diagonals. nan where the residual is constant.

    Args:
        residual: float64 (255, 255).

    Returns:
        float64 (63,); entry 0 is 1.
    """
    # Correlation doesn't see a constant: without it a flat residual is exactly zero and its variance too.
    shifted = residual - residual[0, 0]
    shifted = shifted - shifted.mean()
    products = shifted.T @ shifted
    cross = _diagonal_sums(products)
    first, last = _lag_sums(shifted.sum(axis=0))
    first_square, last_square = _lag_sums(np.diagonal(products))
    pairs = SIDE * (SIDE - np.arange(_LAGS + 1.0))
    covariance = cross - first * last / pairs
    spread = (first_square - first * first / pairs) * (last_square - last * last / pairs)
    correlation: Real = np.clip(covariance / np.sqrt(spread), -1.0, 1.0)
    # What is left of a flat area's variance is rounding, where the original had exactly nothing.
    correlation[SIDE - np.arange(_LAGS + 1) <= _flat_columns(residual)] = np.nan
    correlation[0] = 1.0
    return correlation


def residual_autocorrelation(canvas: Canvas) -> dict[str, float]:
    """Secondary peaks and decay of the row-wise autocorrelation of what a Gaussian blur (1.5) takes away.

    A secondary peak is a lag in 4 .. 61 above both neighbours. On flat pictures the correlations are nan.
    Units: a count; correlations in [-1, 1].

    Source: hc148 specification, section 3.15.
    """
    a = autocorrelation(canvas.gray - gaussian(canvas.gray, 1.5, "reflect"))
    inner = a[4:_LAGS]
    peaks = inner[(inner > a[3 : _LAGS - 1]) & (inner > a[5 : _LAGS + 1])]
    return {
        "acf_n_secondary_peaks": float(peaks.size),
        "acf_max_secondary_peak": float(peaks.max()) if peaks.size else 0.0,
        "acf_decay_rate": float(a[1] - a[10]),
        "acf_lag2": float(a[2]),
        "acf_lag8": float(a[8]),
    }
