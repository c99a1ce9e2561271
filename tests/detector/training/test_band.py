"""Solved thresholds hold what is demanded, at the least cost, and say what gave way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluation.bounds import Bound, upper_by_groups, upper_by_pictures
from detector.training.band import ACCUSATION, CAPACITY, CLEARANCE, Band, Seen, solve_band
from detector.training.demands import Costs, Demands

PRIOR = 0.4


def seen(seed: int, count: int = 400, apart: float = 2.0) -> Seen:
    """Pictures of 20 groups whose probabilities are rounded, so that some are equal."""
    rng = np.random.default_rng(seed)
    labels = rng.random(count) < 0.5
    raw = rng.normal(np.where(labels, apart / 2, -apart / 2))
    return Seen(
        labels=labels,
        groups=rng.integers(0, 10, count) + 10 * labels,
        probability=np.round(1 / (1 + np.exp(-raw)), 3),
        objected=rng.random(count) < 0.1,
    )


def accused(pictures: Seen, band: Band) -> np.ndarray:
    return (pictures.probability >= band.thresholds.synthetic_from) & ~pictures.objected


def cleared(pictures: Seen, band: Band) -> np.ndarray:
    return pictures.probability < band.thresholds.genuine_below


def cost_of(pictures: Seen, demands: Demands, genuine_below: float, synthetic_from: float) -> float:
    """Counted picture by picture."""
    total = 0.0
    for label, share in ((True, PRIOR), (False, 1 - PRIOR)):
        kind = pictures.labels == label
        high = (pictures.probability[kind] >= synthetic_from) & ~pictures.objected[kind]
        low = pictures.probability[kind] < genuine_below
        wrong = low if label else high
        price = demands.costs.clearance if label else demands.costs.accusation
        total += share * (price * wrong.mean() + demands.costs.review * (~high & ~low).mean())
    return total


def solve(pictures: Seen, demands: Demands) -> Band:
    return solve_band(pictures, demands, prior=PRIOR, seed=1)


RATES = st.sampled_from([0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
SEEDS = st.integers(0, 50)
BOUNDS = st.sampled_from(list(Bound))


@given(SEEDS, RATES, RATES, BOUNDS)
def test_both_error_rates_are_held_by_their_upper_bounds(
    seed: int, accusation: float, clearance: float, bound: Bound
) -> None:
    pictures = seen(seed)
    demands = Demands(max_false_accusation=accusation, max_false_clearance=clearance, bound=bound)
    band = solve(pictures, demands)
    gave_way = {each.demand for each in band.gave_way}
    for demand, rate, wrong, kind in (
        (ACCUSATION, accusation, accused(pictures, band), ~pictures.labels),
        (CLEARANCE, clearance, cleared(pictures, band), pictures.labels),
    ):
        groups = np.unique(pictures.groups[kind], return_inverse=True)[1]
        errors, totals = np.bincount(groups, weights=wrong[kind]).astype(int), np.bincount(groups)
        upper = (
            upper_by_pictures(np.array([errors.sum()]), int(totals.sum()))
            if bound is Bound.PICTURES
            else upper_by_groups(errors[None], totals, np.random.default_rng(1))
        )
        assert (upper[0] > rate) == (demand in gave_way)
        if demand in gave_way:
            assert not wrong[kind].any(), "what can't be shown is not risked"


@given(SEEDS, st.tuples(RATES, RATES), st.sampled_from([None, 0.1, 0.3]), BOUNDS)
def test_a_lower_bound_never_raises_the_share_of_people_accused(
    seed: int, rates: tuple[float, float], capacity: float | None, bound: Bound
) -> None:
    pictures = seen(seed)
    strict, loose = (
        solve(pictures, Demands(max_false_accusation=rate, review_share=capacity, bound=bound))
        for rate in sorted(rates)
    )
    human = ~pictures.labels
    assert accused(pictures, strict)[human].sum() <= accused(pictures, loose)[human].sum()


@given(SEEDS, st.tuples(st.floats(0, 1), st.floats(0, 1)), RATES)
def test_more_capacity_never_raises_the_cost(seed: int, shares: tuple[float, float], rate: float) -> None:
    pictures = seen(seed)
    demands = Demands(max_false_accusation=rate, max_false_clearance=rate)
    small, large = (solve(pictures, replace(demands, review_share=share)) for share in sorted(shares))
    assert large.cost <= small.cost + 1e-9
    assert small.reviewed <= large.reviewed + 1e-9 or small.gave_way


@given(SEEDS, st.floats(0, 1), RATES)
def test_the_capacity_gives_way_only_as_far_as_it_must(seed: int, capacity: float, rate: float) -> None:
    pictures = seen(seed)
    demands = Demands(max_false_accusation=rate, max_false_clearance=rate, review_share=capacity)
    band = solve(pictures, demands)
    yielded = [each for each in band.gave_way if each.demand == CAPACITY]
    if not yielded:
        assert band.reviewed <= capacity + 1e-9
        return
    assert band.reviewed == pytest.approx(yielded[0].got)
    less = solve(pictures, replace(demands, review_share=band.reviewed - 0.001))
    assert less.reviewed == pytest.approx(band.reviewed), "no band of these demands leaves less to people"


@given(SEEDS, st.floats(0, 30), st.floats(0, 30), st.floats(0, 3))
def test_no_other_pair_of_thresholds_is_cheaper(
    seed: int, accusation: float, clearance: float, review: float
) -> None:
    pictures = seen(seed, count=60)
    demands = Demands(costs=Costs(accusation=accusation, clearance=clearance, review=review))
    band = solve(pictures, demands)
    found = cost_of(pictures, demands, band.thresholds.genuine_below, band.thresholds.synthetic_from)
    assert band.cost == pytest.approx(found)
    borders = np.unique([0.0, *pictures.probability, 1.0])
    others = [cost_of(pictures, demands, low, high) for low in borders for high in borders if low <= high]
    assert band.cost <= min(others) + 1e-9


def test_too_few_people_to_show_the_bound_means_that_nobody_is_accused() -> None:
    pictures = seen(3, count=300)
    band = solve(pictures, Demands(max_false_accusation=0.01))
    (yielded,) = band.gave_way
    assert not accused(pictures, band).any()
    assert yielded.demand == ACCUSATION
    assert yielded.got == pytest.approx(1 - 0.05 ** (1 / (~pictures.labels).sum()))


def test_a_dear_accusation_widens_the_band_and_a_dear_review_narrows_it() -> None:
    pictures = seen(5)

    def reviewed(accusation: float, review: float) -> float:
        costs = Costs(accusation=accusation, clearance=accusation, review=review)
        return solve(pictures, Demands(costs=costs)).reviewed

    assert reviewed(100, 1) > reviewed(3, 1) > reviewed(3, 3)


@pytest.mark.parametrize("wrong", [{"max_false_accusation": 1.0}, {"review_share": -0.1}])
def test_demands_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="not"):
        Demands(**wrong)  # type: ignore[arg-type]  # names and rates
    with pytest.raises(ValueError, match="negative"):
        Costs(review=-1)
