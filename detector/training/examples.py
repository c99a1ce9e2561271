"""Measured, labelled pictures: what a fit learns from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels
from detector.training.folds import Groups, Numbers
from detector.vector import Values

Weights: TypeAlias = npt.NDArray[np.float64]
"""(n,), above 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """n vectors and what is known of them.

    Raises:
        ValueError: the arrays are not of one length.
    """

    rows: Values
    """(n, d) stored vectors."""
    labels: Labels
    """(n,) True where a generator made the picture."""
    groups: Groups
    """(n,) number of the group that must stay together."""
    handcrafted: int
    """So many numbers of a row come before the embedding."""
    weights: Weights | None = None
    """(n,) how far each label counts in a fit, above 0; None where all count alike."""

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.labels) == len(self.groups):
            raise ValueError("examples need a label and a group for each vector")
        if self.weights is not None and len(self.weights) != len(self.rows):
            raise ValueError("examples need a weight for each vector, or none")

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: Numbers) -> Examples:
        """Those at the given places."""
        return Examples(
            rows=np.ascontiguousarray(self.rows[places]),
            labels=self.labels[places],
            groups=self.groups[places],
            handcrafted=self.handcrafted,
            weights=None if self.weights is None else self.weights[places],
        )
