"""Vectors of pictures that came by another way than those that are learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detector.training.folds import Numbers
from detector.vector import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivered:
    """Some pictures of a corpus as one delivery brings them."""

    places: Numbers
    """(k,) which pictures."""
    rows: Values
    """(k, d) their vectors."""

    def within(self, chosen: Numbers) -> Numbers:
        """Where among these pictures those lie that are at some of the corpus's places."""
        return np.flatnonzero(np.isin(self.places, chosen))
