"""Solves the band of UNCERTAIN: the cheapest thresholds that hold what is demanded of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.evaluation.bounds import Bound, upper_by_groups, upper_by_pictures
from detector.evaluation.metrics import Labels, Scores
from detector.policy import Thresholds
from detector.training.demands import Costs, Demands
from detector.training.folds import Groups, Numbers

Flags: TypeAlias = npt.NDArray[np.bool_]

ACCUSATION, CLEARANCE, CAPACITY = "max_false_accusation", "max_false_clearance", "review_share"
_HAIR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """Pictures whose verdicts thresholds are solved on: judged out of fold."""

    labels: Labels
    groups: Groups
    probability: Scores
    objected: Flags
    """(n,) True where the veto would turn SYNTHETIC into UNCERTAIN."""

    def at(self, places: Numbers) -> Seen:
        """Those at the given places."""
        return Seen(
            labels=self.labels[places],
            groups=self.groups[places],
            probability=self.probability[places],
            objected=self.objected[places],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveWay:
    """A demand that could not be held."""

    demand: str
    asked: float
    got: float
    """What holds in its place: the upper bound, or the share that is left to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Solved thresholds, and what they come to on the pictures that they were solved on."""

    thresholds: Thresholds
    cost: float
    """Of one upload, on average."""
    reviewed: float
    """Share of uploads that are left to people."""
    gave_way: tuple[GaveWay, ...]


def solve_band(seen: Seen, demands: Demands, *, prior: float, seed: int) -> Band:
    """The band that costs least among those that hold all demands.

    A bound that so few pictures can't show, even without an error, gives way: no such verdict is given then.
    The capacity gives way to the bounds, as little as can be. Of bands of one cost the widest is taken.

    Args:
        seen: judged pictures of both kinds.
        demands: see there.
        prior: share of generated pictures among uploads.
        seed: of the bootstrap, where groups are taken to be drawn.
    """
    shares = _Shares.of(seen, prior, demands.costs)
    lowest, highest, yielded = _limits(seen, shares.borders, demands, seed)
    capacity = 1.0 if demands.review_share is None else demands.review_share
    found = shares.cheapest(lowest, highest, capacity)
    if found is None:
        least = shares.least_reviewed(lowest, highest)
        yielded.append(GaveWay(demand=CAPACITY, asked=capacity, got=least))
        found = shares.cheapest(lowest, highest, least)
    assert found is not None, "the least share that can be reached is reached"
    low, high = found
    return Band(
        thresholds=Thresholds(
            genuine_below=float(shares.borders[low]), synthetic_from=float(shares.borders[high])
        ),
        cost=float(shares.lower_cost[low] + shares.upper_cost[high] + demands.costs.review),
        reviewed=float(1 - shares.genuine[low] - shares.synthetic[high]),
        gave_way=tuple(yielded),
    )


def _limits(seen: Seen, borders: Scores, demands: Demands, seed: int) -> tuple[int, int, list[GaveWay]]:
    """The lowest place of the upper border, the highest of the lower one, and what fails even there."""
    last = len(borders) - 1
    lowest, highest = 0, last
    yielded: list[GaveWay] = []
    accusation, clearance = demands.max_false_accusation, demands.max_false_clearance
    if accusation is not None:
        wrong = _bound_of(seen, ~seen.labels, demands.bound, seed)

        def accused(place: int) -> float:
            return wrong((seen.probability >= borders[place]) & ~seen.objected)

        lowest = _first(lambda place: accused(place) <= accusation, last)
        if accused(lowest) > accusation:
            yielded.append(GaveWay(demand=ACCUSATION, asked=accusation, got=accused(lowest)))
    if clearance is not None:
        missed = _bound_of(seen, seen.labels, demands.bound, seed)

        def cleared(place: int) -> float:
            return missed(seen.probability < borders[place])

        highest = last - _first(lambda steps: cleared(last - steps) <= clearance, last)
        if cleared(highest) > clearance:
            yielded.append(GaveWay(demand=CLEARANCE, asked=clearance, got=cleared(highest)))
    return lowest, highest, yielded


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shares:
    """What each border would do as a threshold; all (k,)."""

    borders: Scores
    """Rising from 0 to 1, between any two probabilities that were seen."""
    synthetic: Scores
    """Share of uploads that are SYNTHETIC from it on; falling."""
    genuine: Scores
    """Share of uploads that are GENUINE below it; rising."""
    lower_cost: Scores
    """What it adds, as the lower border, to the cost of leaving all uploads to people."""
    upper_cost: Scores
    """The same as the upper border."""

    @classmethod
    def of(cls, seen: Seen, prior: float, costs: Costs) -> _Shares:
        known = np.unique(seen.probability)
        borders = np.unique(np.concatenate([[0.0], (known[1:] + known[:-1]) / 2, [1.0]]))

        def from_on(chosen: Flags, total: int) -> Scores:
            ranked = np.sort(seen.probability[chosen])
            return (len(ranked) - np.searchsorted(ranked, borders, side="left")) / max(total, 1)

        generated, people = seen.labels, ~seen.labels
        totals = {True: int(generated.sum()), False: int(people.sum())}
        accused = from_on(people & ~seen.objected, totals[False])
        caught = from_on(generated & ~seen.objected, totals[True])
        cleared = 1 - from_on(generated, totals[True])
        spared = 1 - from_on(people, totals[False])
        synthetic = (1 - prior) * accused + prior * caught
        genuine = (1 - prior) * spared + prior * cleared
        return cls(
            borders=borders,
            synthetic=synthetic,
            genuine=genuine,
            lower_cost=prior * costs.clearance * cleared - costs.review * genuine,
            upper_cost=(1 - prior) * costs.accusation * accused - costs.review * synthetic,
        )

    def cheapest(self, lowest: int, highest: int, capacity: float) -> tuple[int, int] | None:
        """Places of the two borders; None where the capacity can't be held."""
        best: tuple[int, int] | None = None
        cost = np.inf
        for upper in range(len(self.borders) - 1, lowest - 1, -1):
            needed = 1 - capacity - self.synthetic[upper] - _HAIR
            least = int(np.searchsorted(self.genuine, needed, side="left"))
            window = self.lower_cost[least : min(highest, upper) + 1]
            if len(window) and window.min() + self.upper_cost[upper] < cost:
                best = least + int(np.argmin(window)), upper
                cost = window.min() + self.upper_cost[upper]
        return best

    def least_reviewed(self, lowest: int, highest: int) -> float:
        """The least share that is left to people with the upper border at `lowest` or above."""
        uppers = np.arange(lowest, len(self.borders))
        return float((1 - self.synthetic[uppers] - self.genuine[np.minimum(uppers, highest)]).min())


def _bound_of(seen: Seen, among: Flags, bound: Bound, seed: int) -> Callable[[Flags], float]:
    """Gives the upper bound of the share of the chosen among some."""
    numbers = np.unique(seen.groups[among], return_inverse=True)[1]
    totals = np.bincount(numbers)

    def upper(chosen: Flags) -> float:
        errors = np.bincount(numbers, weights=chosen[among], minlength=len(totals)).astype(np.int64)
        if bound is Bound.GROUPS:
            return float(upper_by_groups(errors[None], totals, np.random.default_rng(seed))[0])
        return float(upper_by_pictures(errors.sum(keepdims=True), int(totals.sum()))[0])

    return upper


def _first(holds: Callable[[int], bool], last: int) -> int:
    """The first place, up to `last`, from which on something holds; `last` where it holds nowhere."""
    low, high = 0, last
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
