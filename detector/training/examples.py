"""Measured, labelled pictures: what a fit learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detector.evaluation.metrics import Labels
from detector.training.folds import Groups, Numbers
from detector.vector import Values


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

    def __post_init__(self) -> None:
        if not len(self.rows) == len(self.labels) == len(self.groups):
            raise ValueError("examples need a label and a group for each vector")

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: Numbers) -> Examples:
        """Those at the given places."""
        return Examples(
            rows=np.ascontiguousarray(self.rows[places]),
            labels=self.labels[places],
            groups=self.groups[places],
            handcrafted=self.handcrafted,
        )
