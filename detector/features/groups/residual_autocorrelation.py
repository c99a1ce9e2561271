"""Residual autocorrelation (5): canvas weave and the periodic artefacts of generators."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import SIDE, Real
from detector.features.canvas import Canvas
from detector.features.compiled import compiled, compiled_sum
from detector.features.operators.filters import gaussian

_LAGS = 62


def _lag_sums(columns: Real) -> tuple[Real, Real]:
    """Sums over the first and over the last ``255 - lag`` columns, for lags 0 .. 62."""
    running = np.concatenate(([0.0], np.cumsum(columns)))
    lag = np.arange(_LAGS + 1)
    return running[SIDE - lag], running[SIDE] - running[lag]


@compiled_sum
def _centred(residual: Real) -> tuple[Real, Real, Real]:
    """The residual without its mean, zeros behind each row, and its columns' sums and sums of squares.

    Correlation doesn't see a constant: without it a flat residual is exactly zero and its variance too.
    """
    rows = np.zeros((SIDE, SIDE + _LAGS + 1))
    sums, squares = np.zeros(SIDE), np.zeros(SIDE)
    origin, total = residual[0, 0], 0.0
    for y in range(SIDE):
        for x in range(SIDE):
            rows[y, x] = residual[y, x] - origin
            total += rows[y, x]
    mean = total / (SIDE * SIDE)
    for y in range(SIDE):
        for x in range(SIDE):
            centred = rows[y, x] - mean
            rows[y, x] = centred
            sums[x] += centred
            squares[x] += centred * centred
    return rows, sums, squares


@compiled_sum
def _lagged(rows: Real) -> Real:
    """Sum of the products of all pairs ``lag`` columns apart, for lags 0 .. 63.

    Four lags at a time, so that each number is read once for four products.
    """
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


@compiled
def _flat_columns(residual: Real) -> int:
    """How many columns side by side at the left edge hold one and the same value."""
    for column in range(SIDE):
        for row in range(SIDE):
            if residual[row, column] != residual[0, 0]:
                return column
    return SIDE


def autocorrelation(residual: Real) -> Real:
    """Pearson correlation of all pairs ``lag`` columns apart, pooled over rows, for lags 0 .. 62.

    nan where the residual is constant.

    Args:
        residual: float64 (255, 255).

    Returns:
        float64 (63,); entry 0 is 1.
    """
    rows, sums, squares = _centred(residual)
    first, last = _lag_sums(sums)
    first_square, last_square = _lag_sums(squares)
    pairs = SIDE * (SIDE - np.arange(_LAGS + 1.0))
    covariance = _lagged(rows)[: _LAGS + 1] - first * last / pairs
    spread = (first_square - first * first / pairs) * (last_square - last * last / pairs)
    correlation: Real = np.clip(covariance / np.sqrt(spread), -1.0, 1.0)
    # What is left of a flat area's variance is rounding, where the original had exactly nothing.
    flat = max(_flat_columns(residual), _flat_columns(residual[:, ::-1]))
    correlation[SIDE - np.arange(_LAGS + 1) <= flat] = np.nan
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
