"""The members' weighted mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detector.ensemble.projection import Projection
from detector.ensemble.trees import Real, Rows

MEMBERS = ("lightgbm", "svm", "random_forest")
"""Names of the members, in the order in which they are shown."""


class Member(Protocol):
    """One model."""

    def fits(self, length: int) -> bool:
        """Whether it can look at rows of so many numbers."""

    def probabilities(self, rows: Rows) -> Real:
        """(n,) the probability of being synthetic of each row (n, d), in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seat:
    """A member in an ensemble."""

    member: Member
    weight: float
    projection: Projection | None = None
    """What stands between the vector and the member; members may share one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """What an ensemble says of n vectors."""

    members: Mapping[str, Real]
    """(n,) probabilities, by member."""
    raw: Real
    """(n,) their weighted means, before calibration."""


class Ensemble:
    """Members with weights.

    Args:
        seats: by the members' names; just those of `MEMBERS`.
        length: how many numbers a vector has.

    Raises:
        ValueError: a member is missing, has a weight that is none, or looks at more numbers than there are.
    """

    def __init__(self, seats: Mapping[str, Seat], length: int) -> None:
        if set(seats) != set(MEMBERS):
            raise ValueError(f"an ensemble has the members {', '.join(MEMBERS)}, not {', '.join(seats)}")
        weights = [seat.weight for seat in seats.values()]
        if not np.isfinite(weights).all() or min(weights) < 0 or not sum(weights):
            raise ValueError("the weights of an ensemble are not negative, and not all zero")
        for name, seat in seats.items():
            _check_widths(name, seat, length)
        self.seats = {name: seats[name] for name in MEMBERS}
        """In the order of `MEMBERS`."""
        self._total = sum(weights)
        self.length = length

    def score(self, values: Rows) -> Scores:
        """Scores of float32 (n, length) vectors, one a row.

        Raises:
            ValueError: they are of another shape or kind.
        """
        if values.ndim != 2 or values.shape[1] != self.length or values.dtype != np.float32:
            raise ValueError(
                f"an ensemble scores float32 (n, {self.length}), not {values.dtype} {values.shape}"
            )
        views: dict[int, Rows] = {}
        members = {name: self._ask(seat, values, views) for name, seat in self.seats.items()}
        raw = sum(seat.weight * members[name] for name, seat in self.seats.items()) / self._total
        return Scores(members=members, raw=np.clip(raw, 0, 1))

    @staticmethod
    def _ask(seat: Seat, values: Rows, views: dict[int, Rows]) -> Real:
        """One member's probabilities; a projection that is shared is computed once."""
        if seat.projection is None:
            return seat.member.probabilities(values)
        key = id(seat.projection)
        if key not in views:
            views[key] = seat.projection(values)
        return seat.member.probabilities(views[key])


def _check_widths(name: str, seat: Seat, length: int) -> None:
    if seat.projection is not None and seat.projection.takes != length:
        raise ValueError(f"the projection of {name} takes {seat.projection.takes} numbers, not {length}")
    given = length if seat.projection is None else seat.projection.gives
    if not seat.member.fits(given):
        raise ValueError(f"{name} was not trained on rows of {given} numbers")
