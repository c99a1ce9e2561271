"""The stability index against values that are worked out by hand, and the movement of mean vectors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.console.figures.drift import Finding, index, mean_vector

NAMES = [("mean_brightness", "brightness"), ("red_mean", "colour"), ("flat", "colour")]


def rows(*vectors: list[float]) -> list[bytes]:
    return [np.array(vector, dtype="<f4").tobytes() for vector in vectors]


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


def test_a_mean_moves_by_deviations_of_the_weeks_before() -> None:
    before = rows([0.0, 10.0, 5.0], [2.0, 10.0, 5.0], [4.0, 13.0, 5.0])
    now = rows([6.0, 11.0, 9.0], [6.0, 11.0, 9.0])
    found = mean_vector(NAMES, now, before)
    assert found is not None
    assert (found.numbers, found.now, found.before) == (3, 2, 3)
    (moved,) = found.largest
    assert (moved.name, moved.words) == ("mean_brightness", "brightness")
    assert moved.deviations == pytest.approx(2.0)
    assert found.root_mean_square == pytest.approx(2 / math.sqrt(3)), "what never varied has no deviations"
    assert found.by_chance == pytest.approx(math.sqrt(1 / 2 + 1 / 3))


def test_one_vector_tells_nothing_of_spread() -> None:
    assert mean_vector(NAMES, rows([0.0, 1.0, 2.0]), rows([0.0, 1.0, 2.0], [3.0, 4.0, 5.0])) is None
    assert mean_vector(NAMES, [], []) is None
