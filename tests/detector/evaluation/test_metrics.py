"""Figures and their intervals, against known answers and another implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from detector.evaluation.metrics import Share, auc, auc_interval, group_interval, share


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 20, 0.0, 0.1611), (5, 10, 0.2366, 0.7634), (299, 299, 0.9873, 1.0), (1, 122, 0.0015, 0.0450)],
)
def test_the_interval_of_a_share_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    assert Share(count=count, total=total).interval == pytest.approx((low, high), abs=5e-4)


@given(st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_stays_within_bounds(counts: tuple[int, int]) -> None:
    found = Share(count=counts[0], total=counts[1])
    low, high = found.interval
    assert 0 <= low <= found.rate + 1e-12
    assert found.rate - 1e-12 <= high <= 1


def test_of_nothing_everything_is_possible() -> None:
    nothing = share(np.zeros(0, dtype=bool))
    assert math.isnan(nothing.rate)
    assert nothing.interval == (0.0, 1.0)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40))
def test_the_area_under_the_curve_is_that_of_scikit_learn(pairs: list[tuple[bool, int]]) -> None:
    labels = np.array([label for label, _ in pairs])
    scores = np.array([float(score) for _, score in pairs])
    if labels.all() or not labels.any():
        assert math.isnan(auc(labels, scores))
    else:
        assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


def test_pictures_that_hang_together_make_the_interval_wider() -> None:
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(20) % 2 == 0, 10)
    scores = labels + np.repeat(rng.normal(0, 1.5, 20), 10)  # a group's pictures score alike
    together = np.repeat(np.arange(20), 10)
    low, high = auc_interval(labels, scores, together, np.random.default_rng(0))
    narrow_low, narrow_high = auc_interval(labels, scores, np.arange(200), np.random.default_rng(0))
    assert low < auc(labels, scores) < high
    assert high - low > 1.5 * (narrow_high - narrow_low)


@pytest.mark.parametrize("groups", [0, 3])
def test_a_figure_that_no_draw_has_has_no_interval(groups: int) -> None:
    low, high = group_interval(lambda _: float("nan"), np.arange(groups), np.random.default_rng(0))
    assert math.isnan(low)
    assert math.isnan(high)
