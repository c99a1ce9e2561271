"""The random forest: the mean of what its trees' leaves say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.ensemble.trees import LEAF, Real, Rows, Trees


class RandomForest:
    """Trees whose leaves hold the share of synthetic pictures among the training pictures that reach them.

    Args:
        trees: their leaves' values lie in [0, 1].

    Raises:
        ValueError: they don't.
    """

    def __init__(self, trees: Trees) -> None:
        leaves = trees.value[trees.feature == LEAF]
        if leaves.min() < 0 or leaves.max() > 1:
            raise ValueError("the leaves of a random forest hold probabilities")
        self._trees = trees

    def fits(self, length: int) -> bool:
        """Whether its questions are about rows of so many numbers."""
        return self._trees.width <= length

    def probabilities(self, rows: Rows) -> Real:
        """(n,) the probability of each row (n, d)."""
        return np.clip(self._trees.sums(rows) / len(self._trees), 0, 1)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is stored: 8 bytes a node. Shares are rounded to float32, which moves the mean by 1e-8."""
        inner = self._trees.feature >= 0
        return {
            "feature": self._trees.feature.astype(np.int32),
            "number": np.where(inner, self._trees.threshold, self._trees.value).astype(np.float32),
            "sizes": self._trees.sizes.astype(np.int32),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> RandomForest:
        """Read what `arrays` gave.

        Raises:
            KeyError, ValueError: it is something else.
        """
        feature, number = arrays["feature"], arrays["number"].astype(np.float32)
        value = np.where(feature == LEAF, number, 0).astype(np.float64)
        return cls(Trees(feature, number, value, arrays["sizes"]))
