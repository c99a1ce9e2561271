"""Upper bounds promise no more than what was seen allows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from detector.evaluation.bounds import upper_by_groups, upper_by_pictures


def one(errors: int, total: int) -> float:
    return float(upper_by_pictures(np.array([errors]), total)[0])


def test_none_among_299_is_just_under_one_percent() -> None:
    assert one(0, 299) < 0.01 < one(0, 298)
    assert one(0, 0) == 1.0
    assert one(5, 5) == 1.0


@given(st.integers(1, 400), st.data())
def test_at_the_bound_so_few_errors_have_a_chance_of_five_percent(total: int, data: st.DataObject) -> None:
    errors = data.draw(st.integers(0, total - 1))
    assert binom.cdf(errors, total, one(errors, total)) == pytest.approx(0.05, abs=1e-6)


GROUPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12)


@given(GROUPS, st.integers(0, 99))
def test_groups_never_promise_more_than_pictures_and_fewer_errors_never_a_higher_bound(
    groups: list[tuple[int, int]], seed: int
) -> None:
    errors = np.array([wrong for wrong, _ in groups])
    totals = errors + np.array([right for _, right in groups])
    ways = np.stack([errors, errors // 2, np.zeros_like(errors)])
    bounds = upper_by_groups(ways, totals, np.random.default_rng(seed))
    plain = upper_by_pictures(ways.sum(axis=1), int(totals.sum()))
    assert (bounds >= plain).all()
    assert (np.diff(bounds) <= 0).all()
    assert (bounds <= 1).all()


def test_errors_of_one_source_alone_count_for_more() -> None:
    totals = np.full(20, 30)
    gathered, scattered = np.zeros((2, 20), np.int64)
    gathered[3] = 20
    scattered[:] = 1
    bounds = upper_by_groups(np.stack([gathered, scattered]), totals, np.random.default_rng(0))
    assert bounds[0] > bounds[1] * 1.5
