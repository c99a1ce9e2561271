"""What is demanded of a bundle's thresholds, where they are solved rather than given."""

from __future__ import annotations

from dataclasses import dataclass, field

from detector.evaluation.bounds import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a verdict costs, in any unit; a right one costs nothing.

    Raises:
        ValueError: one is negative.
    """

    accusation: float = 100.0
    """Calling a person's picture SYNTHETIC."""
    clearance: float = 10.0
    """Calling a generated picture GENUINE."""
    review: float = 1.0
    """A moderator's look at an UNCERTAIN picture."""

    def __post_init__(self) -> None:
        if min(self.accusation, self.clearance, self.review) < 0:
            raise ValueError("costs are not negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What the band of UNCERTAIN must hold. The capacity gives way to the bounds.

    Raises:
        ValueError: a rate is not between 0 and 1, or a capacity is negative.
    """

    max_false_accusation: float | None = None
    """Upper 95 % bound of the share of people's pictures that are called SYNTHETIC."""
    max_false_clearance: float | None = None
    """Upper 95 % bound of the share of generated pictures that are called GENUINE."""
    review_share: float | None = None
    """Share of all uploads that moderators can look at."""
    costs: Costs = field(default=Costs())
    """Among the bands that hold the demands, the cheapest is taken."""
    bound: Bound = Bound.PICTURES
    """What the upper bounds take to be drawn by chance."""

    def __post_init__(self) -> None:
        for rate in (self.max_false_accusation, self.max_false_clearance):
            if rate is not None and not 0 < rate < 1:
                raise ValueError(f"an error rate to be held lies between 0 and 1, not at {rate}")
        if self.review_share is not None and self.review_share < 0:
            raise ValueError("a review capacity is not negative")
