"""Vectors of pictures that came by another way than those that are learned from."""

from __future__ import annotations

from dataclasses import dataclass

from detector.training.folds import Numbers
from detector.vector import Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivered:
    """Some pictures of a corpus as one delivery brings them."""

    places: Numbers
    """(k,) which pictures."""
    rows: Values
    """(k, d) their vectors."""
