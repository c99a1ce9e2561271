"""Residual autocorrelation (5): canvas weave and the periodic artefacts of generators."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import SIDE, Real
from detector.features.canvas import Canvas
from detector.features.compiled import compiled_sum
from detector.features.operators.filters import gaussian

_LAGS = 62


def _lag_sums(columns: Real) -> tuple[Real, Real]:
    """Sums over the first and over the last ``255 - lag`` columns, for lags 0 .. 62."""
    running = np.concatenate(([0.0], np.cumsum(columns)))
    lag = np.arange(_LAGS + 1)
    return running[SIDE - lag], running[SIDE] - running[lag]


def _products(rows: Real) -> Real:
    """Sum of the products of all pairs ``lag`` columns apart, for lags 0 .. 62."""
    followed_by_zeros = np.zeros((SIDE, SIDE + _LAGS + 1))
    followed_by_zeros[:, :SIDE] = rows
    return _lagged(followed_by_zeros)[: _LAGS + 1]


@compiled_sum
def _lagged(rows: Real) -> Real:
    """Four lags at a time, so that each number is read once for four products."""
    sums = np.zeros(_LAGS + 2)
    one, two, three = np.uintp(1), np.uintp(2), np.uintp(3)
    for row in range(SIDE):
        for lag in range(0, _LAGS + 1, 4):
            y, away = np.uintp(row), np.uintp(lag)
            first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
            for column in range(SIDE):
                x = np.uintp(column)
                here = rows[y, x]
                first += here * rows[y, x + away]
                second += here * rows[y, x + away + one]
                third += here * rows[y, x + away + two]
                fourth += here * rows[y, x + away + three]
            sums[lag] += first
            sums[lag + 1] += second
            sums[lag + 2] += third
            sums[lag + 3] += fourth
    return sums


def _flat_columns(residual: Real) -> int:
    """How many columns side by side at the left or at the right edge hold one and the same value."""
    edges = (residual, residual[:, ::-1])
    return max(int(np.cumprod((side == side[0, 0]).all(axis=0)).sum()) for side in edges)


def autocorrelation(residual: Real) -> Real:
    """Pearson correlation of all pairs ``lag`` columns apart, pooled over rows, for lags 0 .. 62.

    nan where the residual is constant.

    Args:
        residual: float64 (255, 255).

    Returns:
        float64 (63,); entry 0 is 1.
    """
    # Correlation doesn't see a constant: without it a flat residual is exactly zero and its variance too.
    shifted = residual - residual[0, 0]
    shifted = shifted - shifted.mean()
    first, last = _lag_sums(shifted.sum(axis=0))
    first_square, last_square = _lag_sums((shifted * shifted).sum(axis=0))
    pairs = SIDE * (SIDE - np.arange(_LAGS + 1.0))
    covariance = _products(shifted) - first * last / pairs
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
