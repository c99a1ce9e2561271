"""The support vector machine: standardised numbers, a Gaussian kernel, a logistic probability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.ensemble.projection import narrow
from detector.ensemble.trees import Real, Rows
from detector.logistic import sigmoid

_BLOCK = 512
"""Rows compared with all support vectors at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Takes the mean off each number and divides by its spread.

    Training and scoring use this one function: the result is rounded to float32, so that support vectors
    are stored without loss in half the room.
    """

    mean: Real
    """(d,)"""
    scale: Real
    """(d,) positive"""

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or self.mean.shape != self.scale.shape or not (self.scale > 0).all():
            raise ValueError("a scaling needs a mean and a positive spread for each number")

    @classmethod
    def fitted(cls, rows: Rows) -> Scaling:
        """Mean and population standard deviation of (n, d); 1 for numbers that never change."""
        wide = rows.astype(np.float64)
        spread = wide.std(axis=0)
        return cls(mean=wide.mean(axis=0), scale=np.where(spread > 1e-12, spread, 1.0))

    def __call__(self, rows: Rows) -> Rows:
        """(n, d) to (n, d)."""
        return ((rows - self.mean) / self.scale).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Svm:
    """``sigmoid(a * decision + b)``, ``decision = sum_i c_i exp(-gamma |z - s_i|^2) + intercept``.

    Source: Platt 1999 for the probability.

    Raises:
        ValueError: the shapes don't fit, or a number is not finite.
    """

    scaling: Scaling
    support: Real
    """(s, d) support vectors, scaled."""
    coefficients: Real
    """(s,) positive for synthetic ones."""
    intercept: float
    gamma: float
    a: float
    """Slope of the probability in the decision."""
    b: float
    _lengths: Real = field(init=False, repr=False)
    """(s,) squared lengths of the support vectors."""

    def __post_init__(self) -> None:
        if self.support.ndim != 2 or self.support.shape != (len(self.coefficients), len(self.scaling.mean)):
            raise ValueError("the support vectors fit neither their coefficients nor the scaling")
        numbers = (self.support.sum(), self.coefficients.sum(), self.intercept, self.gamma, self.a, self.b)
        if not np.isfinite(numbers).all() or self.gamma <= 0:
            raise ValueError("a support vector machine holds finite numbers only")
        object.__setattr__(self, "_lengths", np.einsum("ij,ij->i", self.support, self.support))

    def fits(self, length: int) -> bool:
        """Whether rows have so many numbers."""
        return len(self.scaling.mean) == length

    def probabilities(self, rows: Rows) -> Real:
        """(n,) the probability of each row (n, d)."""
        return sigmoid(self.a * self.decisions(rows) + self.b)

    def decisions(self, rows: Rows) -> Real:
        """(n,) signed distance from the border of each row (n, d); positive on the synthetic side."""
        decisions = np.empty(len(rows))
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            decisions[block] = self._decide(self.scaling(rows[block]).astype(np.float64))
        return decisions

    def _decide(self, scaled: Real) -> Real:
        distances = scaled @ self.support.T
        distances *= -2
        distances += np.einsum("ij,ij->i", scaled, scaled)[:, None]
        distances += self._lengths
        np.maximum(distances, 0, out=distances)  # rounding may lead below
        distances *= -self.gamma
        kernel = np.exp(distances, out=distances)
        result: Real = kernel @ self.coefficients + self.intercept
        return result

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is stored."""
        singles = {name: getattr(self, name) for name in ("intercept", "gamma", "a", "b")}
        return {
            "mean": self.scaling.mean,
            "scale": self.scaling.scale,
            "support": narrow(self.support),
            "coefficients": self.coefficients,
        } | {name: np.array(number, dtype=np.float64) for name, number in singles.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Svm:
        """Read what `arrays` gave.

        Raises:
            KeyError, ValueError: it is something else.
        """
        wide = {name: array.astype(np.float64) for name, array in arrays.items()}
        singles = {name: float(wide[name]) for name in ("intercept", "gamma", "a", "b")}
        scaling = Scaling(mean=wide["mean"], scale=wide["scale"])
        return cls(scaling=scaling, support=wide["support"], coefficients=wide["coefficients"], **singles)
