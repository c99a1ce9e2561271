"""The stability index against values that are worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.drift.stability import Finding, by_chance, index, indices


def test_the_index_is_the_sum_over_bins() -> None:
    """(49.5 + 1, of 100 + 1) against (74.5 + 1): worked out by hand with half a count in each bin."""
    found = index(["low", "high"], [50, 50], [75, 25])
    p, q = (50.5 / 101, 50.5 / 101), (75.5 / 101, 25.5 / 101)
    expected = sum((one - other) * math.log(one / other) for one, other in zip(p, q, strict=True))
    assert found.value == pytest.approx(expected)
    assert found.value == pytest.approx(0.26873, abs=1e-4)
    assert found.by_chance == pytest.approx(0.02)
    assert found.finding is Finding.CHANGED


@pytest.mark.parametrize(
    ("now", "before", "finding"),
    [
        ([500, 500], [500, 500], Finding.STEADY),
        ([500, 500], [650, 350], Finding.STEADY),
        ([500, 500], [700, 300], Finding.SHIFTED),
        ([500, 500], [800, 200], Finding.CHANGED),
        ([9, 0], [0, 9], Finding.TOO_FEW),
        ([0, 0], [700, 300], Finding.TOO_FEW),
    ],
)
def test_what_an_index_says(now: list[int], before: list[int], finding: Finding) -> None:
    assert index(["a", "b"], now, before).finding is finding


counts = st.lists(st.integers(0, 1000), min_size=4, max_size=4)


@given(counts, counts)
def test_the_index_is_finite_never_negative_and_the_same_either_way_round(
    one: list[int], other: list[int]
) -> None:
    found = index("abcd", one, other)
    assert math.isfinite(found.value)
    assert found.value >= 0
    assert found.value == pytest.approx(index("abcd", other, one).value)
    assert index("abcd", one, one).value == 0


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=5))
def test_many_numbers_at_once_have_the_indices_that_each_has_alone(
    pairs: list[tuple[list[int], list[int]]],
) -> None:
    now, before = (np.array(side, dtype=np.int64).T for side in zip(*pairs, strict=True))
    alone = [index("abcd", one, other).value for one, other in pairs]
    assert indices(now, before, np.ones(now.shape, dtype=np.bool_)) == pytest.approx(alone)


def test_a_bin_that_a_number_does_not_have_counts_for_nothing() -> None:
    now, before = np.array([[50], [50], [0]]), np.array([[75], [25], [0]])
    (found,) = indices(now, before, np.array([[True], [True], [False]]))
    assert found == index("ab", [50, 50], [75, 25]).value


def test_samples_of_one_population_have_about_what_chance_gives() -> None:
    rng = np.random.default_rng(7)
    values = [
        index(
            "0123456789",
            *(np.bincount(rng.integers(0, 10, size), minlength=10).tolist() for size in (400, 900)),
        ).value
        for _ in range(200)
    ]
    assert np.mean(values) == pytest.approx(by_chance(10, 400, 900), rel=0.15)
