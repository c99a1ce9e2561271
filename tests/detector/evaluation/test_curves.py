"""Curves and what is read off them, against known answers and another implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_curve

from detector.evaluation.curves import (
    brier,
    calibration_error,
    caught,
    caught_at,
    histogram,
    reliability,
    roc,
    thinned,
)
from detector.evaluation.metrics import auc

PAIRS = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=2, max_size=40).filter(
    lambda pairs: len({label for label, _ in pairs}) == 2
)


def columns(pairs: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([label for label, _ in pairs]), np.array([score / 10 for _, score in pairs])


@given(PAIRS)
def test_the_curve_is_that_of_scikit_learn_and_holds_the_area(pairs: list[tuple[bool, int]]) -> None:
    labels, scores = columns(pairs)
    accused, hit, _ = roc_curve(labels, scores, drop_intermediate=False)
    curve = roc(labels, scores)
    assert curve == pytest.approx(np.stack([accused, hit], axis=1))
    assert np.trapezoid(curve[:, 1], curve[:, 0]) == pytest.approx(auc(labels, scores))


@given(PAIRS, st.floats(0, 1), st.floats(0, 1))
def test_more_accusations_never_catch_less(pairs: list[tuple[bool, int]], one: float, other: float) -> None:
    labels, scores = columns(pairs)
    low, high = sorted((one, other))
    assert caught_at(labels, scores, low) <= caught_at(labels, scores, high)


def test_a_thinned_curve_keeps_its_ends() -> None:
    curve = np.stack([np.linspace(0, 1, 999), np.linspace(0, 1, 999) ** 0.5], axis=1)
    thin = thinned(curve, 50)
    assert len(thin) == 50
    assert (thin[[0, -1]] == curve[[0, -1]]).all()


def test_what_is_caught_at_one_percent_is_counted_by_hand() -> None:
    labels = np.array([False] * 100 + [True] * 4)
    scores = np.concatenate([np.linspace(0, 0.5, 99), [0.95], [0.4, 0.6, 0.9, 0.99]])
    found = caught(labels, scores, np.arange(104), np.random.default_rng(0), accusations=0.01)
    assert found.rate == 0.75
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.75 <= found.high
    assert "hangs on 1 human picture" in found.remark


def test_a_thousandth_of_too_few_pictures_is_not_told() -> None:
    labels = np.array([False] * 999 + [True])
    found = caught(labels, np.zeros(1000), np.arange(1000), np.random.default_rng(0), accusations=0.001)
    assert found.rate is None
    assert "at least 1000 human pictures" in found.remark


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    probability = np.repeat([0.25, 0.75], 40)
    labels = np.concatenate([np.arange(40) < 10, np.arange(40) < 30])
    bins = reliability(labels, probability, 0.5)
    assert calibration_error(bins) == pytest.approx(0)
    assert [each.share.total for each in bins if each.share.total] == [40, 40]


@given(PAIRS)
def test_weighting_to_the_prior_is_repeating_the_rarer_class(pairs: list[tuple[bool, int]]) -> None:
    labels, scores = columns(pairs)
    generated, human = int(labels.sum()), int((~labels).sum())
    times = np.where(labels, human, generated)
    even, even_scores = np.repeat(labels, times), np.repeat(scores, times)
    assert brier(labels, scores, 0.5) == pytest.approx(brier_score_loss(even, even_scores))
    assert calibration_error(reliability(labels, scores, 0.5)) == pytest.approx(
        calibration_error(reliability(even, even_scores, 0.5))
    )


def test_one_class_alone_still_has_its_figures() -> None:
    labels, scores = np.zeros(3, dtype=bool), np.array([0.1, 0.2, 1.0])
    assert brier(labels, scores, 0.5) == pytest.approx((0.01 + 0.04 + 1) / 3)
    assert len(roc(labels, scores)) == 0
    assert math.isnan(caught_at(labels, scores, 0.5))
    assert histogram(labels, scores, count=2) == {"human": [2, 1], "ai": [0, 0]}
