"""Central moments, their standardised forms, and correlation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detector.features.arrays import EPS0, Counts, Real
from detector.features.compiled import compiled_sum

_EPS = 2.0**-52


class Moments(NamedTuple):
    """First four moments of a set of numbers, population forms."""

    mean: float
    variance: float
    kurtosis: float
    """Excess, ``m4 / m2^2 - 3``; nan for constant numbers."""
    skewness: float
    """``m3 / m2^1.5``; nan for constant numbers."""


def _standardised(mean: float, m2: float, m3: float, m4: float) -> Moments:
    if m2 <= (_EPS * mean) ** 2:
        return Moments(mean, m2, np.nan, np.nan)
    return Moments(mean, m2, m4 / m2**2 - 3.0, m3 / m2**1.5)


def moments(values: Real) -> Moments:
    """Moments of float64 values of any shape.

    Source: hc148 specification, section 2.3.
    """
    mean = float(values.mean())
    return _standardised(mean, *_central_moments(np.ascontiguousarray(values).ravel(), mean))


@compiled_sum
def _central_moments(values: Real, mean: float) -> tuple[float, float, float]:
    """Means of the second, third and fourth powers of the deviations."""
    m2, m3, m4 = 0.0, 0.0, 0.0
    for i in range(values.size):
        deviation = values[i] - mean
        square = deviation * deviation
        m2 += square
        m3 += square * deviation
        m4 += square * square
    return m2 / values.size, m3 / values.size, m4 / values.size


def variance(values: Real) -> float:
    """Mean squared deviation from the mean of float64 values of any shape."""
    return float(_central_moments(np.ascontiguousarray(values).ravel(), float(values.mean()))[0])


@compiled_sum
def weighted_sum(values: Real, weights: Real) -> float:
    """Sum of float64 (rows, columns) values times weights of the same shape."""
    total = 0.0
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            total += values[y, x] * weights[y, x]
    return total


@compiled_sum
def weighted_squares(values: Real, mean: float, weights: Real) -> float:
    """Weighted sum of the squared deviations of float64 (rows, columns) values from ``mean``."""
    total = 0.0
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            deviation = values[y, x] - mean
            total += deviation * deviation * weights[y, x]
    return total


def level_moments(counts: Counts) -> Moments:
    """Moments of integers 0, 1, 2 ... that occur ``counts`` times each."""
    return _standardised(*_level_moments(counts))


@compiled_sum
def _level_moments(counts: Counts) -> tuple[float, float, float, float]:
    """The mean, and the means of the second, third and fourth powers of the deviations."""
    total, weighted = 0, 0
    for level in range(counts.size):
        total += int(counts[level])
        weighted += level * int(counts[level])
    mean, m2, m3, m4 = weighted / total, 0.0, 0.0, 0.0
    for level in range(counts.size):
        deviation = level - mean
        square = deviation * deviation * counts[level]
        m2 += square
        m3 += square * deviation
        m4 += square * deviation * deviation
    return mean, m2 / total, m3 / total, m4 / total


def pearson(first: Real, second: Real) -> float:
    """Correlation of two sets of equal size, in [-1, 1]; nan if one is constant.

    Source: hc148 specification, section 2.19.
    """
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def variation(values: Real) -> float:
    """Coefficient of variation ``std / (|mean| + 1e-10)``."""
    return float(values.std() / (abs(values.mean()) + EPS0))
