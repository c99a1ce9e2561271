"""Principal components in the place of an embedding's numbers, for members that see better so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.ensemble.trees import Real, Rows


class Projection:
    """Keeps the first numbers of a vector and replaces the others by their principal components.

    Args:
        start: how many numbers are kept as they are.
        mean: (d - start,) taken off the others.
        components: (k, d - start) each row gives one new number.

    Raises:
        ValueError: the shapes don't fit, or a number is not finite.
    """

    def __init__(self, start: int, mean: Real, components: Real) -> None:
        if start < 0 or mean.ndim != 1 or components.shape[1:] != mean.shape or not len(components):
            raise ValueError("a projection needs a mean, and components of the same length")
        if not (np.isfinite(mean).all() and np.isfinite(components).all()):
            raise ValueError("a projection holds finite numbers only")
        self._start = start
        self._mean = mean.astype(np.float64)
        self._components = components.astype(np.float64)
        self.takes = start + len(mean)
        """Numbers of a row before."""
        self.gives = start + len(components)
        """Numbers of a row after."""

    def __call__(self, rows: Rows) -> Rows:
        """(n, takes) to (n, gives); computed in float64, rounded once."""
        others = rows[:, self._start :].astype(np.float64) - self._mean
        projected = others @ self._components.T
        return np.concatenate([rows[:, : self._start], projected.astype(np.float32)], axis=1)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is stored; components that are float32 numbers already take half the room."""
        return {
            "start": np.array(self._start, dtype=np.int64),
            "mean": self._mean,
            "components": narrow(self._components),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Projection:
        """Read what `arrays` gave.

        Raises:
            KeyError, ValueError: it is something else.
        """
        return cls(int(arrays["start"]), arrays["mean"], arrays["components"])


def narrow(numbers: Real) -> npt.NDArray[Any]:
    """The same numbers as float32 where nothing is lost by it."""
    with np.errstate(over="ignore"):
        narrowed = numbers.astype(np.float32)
    return narrowed if np.array_equal(narrowed, numbers) else numbers
