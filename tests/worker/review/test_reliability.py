"""How far a reviewer and a label are trusted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.review.reliability import UNKNOWN, reliability, weight


def test_a_reviewer_is_trusted_by_their_known_answers_and_a_little_before() -> None:
    assert UNKNOWN.used == 0.8
    assert reliability(10, 10).used == 0.9
    assert reliability(0, 90).used == 0.08
    assert (UNKNOWN.low, UNKNOWN.high) == (0, 1)


def test_the_interval_is_wilsons() -> None:
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: 81 of 263."""
    found = reliability(81, 263)

    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)


def test_one_unknown_reviewers_label_has_the_weight_of_the_prior() -> None:
    assert weight(["ann"], [], {}) == pytest.approx(0.8)


def test_two_who_agree_weigh_more_and_two_who_differ_cancel_out() -> None:
    assert weight(["ann", "bo"], [], {}) == pytest.approx(0.64 / 0.68)
    assert weight(["ann"], ["bo"], {}) == pytest.approx(0.5)


def test_one_who_is_no_better_than_a_coin_adds_nothing() -> None:
    known = {"bo": reliability(0, 100)}

    assert weight(["bo"], [], known) == pytest.approx(0.5)
    assert weight(["ann", "bo"], [], known) == pytest.approx(weight(["ann"], [], known))


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 4), st.integers(0, 4))
def test_a_weight_is_a_probability_and_grows_with_the_supporters(
    right: int, wrong: int, supporters: int, opponents: int
) -> None:
    known = {"x": reliability(right, right + wrong)}
    value = weight(["x"] * supporters, ["x"] * opponents, known)

    assert 0 <= value <= 1
    assert weight(["x"] * (supporters + 1), ["x"] * opponents, known) >= value
