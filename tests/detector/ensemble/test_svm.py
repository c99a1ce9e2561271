"""The support vector machine by hand, and what may not be one. See test_flatten for scikit-learn's."""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest

from detector.ensemble import Svm
from detector.ensemble.svm import Scaling


def machine(**changes: Any) -> Svm:
    usual = {
        "scaling": Scaling(mean=np.array([1.0, 0.0]), scale=np.array([2.0, 1.0])),
        "support": np.array([[0.0, 0.0], [1.0, 2.0]]),
        "coefficients": np.array([1.5, -0.5]),
        "intercept": 0.25,
        "gamma": 0.5,
        "a": 2.0,
        "b": -1.0,
    }
    return Svm(**{**usual, **changes})


def test_a_decision_is_the_formula() -> None:
    row = np.array([[3.0, 1.0]], dtype=np.float32)  # scaled: (1, 1)
    decision = 1.5 * exp(-0.5 * 2) - 0.5 * exp(-0.5 * 1) + 0.25
    assert machine().decisions(row) == pytest.approx([decision], rel=1e-12)
    assert machine().probabilities(row) == pytest.approx([1 / (1 + exp(1 - 2 * decision))], rel=1e-12)


def test_scaling_is_fitted_to_mean_and_spread_and_leaves_constants_alone() -> None:
    rows = np.array([[1.0, 5.0], [3.0, 5.0]], dtype=np.float32)
    scaling = Scaling.fitted(rows)
    assert scaling.scale.tolist() == [1.0, 1.0]
    assert scaling(rows).tolist() == [[-1.0, 0.0], [1.0, 0.0]]


def test_arrays_give_the_same_machine_back() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    for support in (np.array([[0.5, 0.25], [1.0, 2.0]]), np.array([[0.1, 1 / 3], [1.0, 2.0]])):
        made = machine(support=support)
        assert np.array_equal(Svm.of(made.arrays()).probabilities(rows), made.probabilities(rows))
    assert machine().arrays()["support"].dtype == np.float32, "nothing is lost, half is saved"


@pytest.mark.parametrize(
    "changes",
    [
        {"support": np.zeros((3, 2))},
        {"support": np.zeros((2, 3))},
        {"support": np.array([[np.nan, 0.0], [0.0, 0.0]])},
        {"coefficients": np.array([np.inf, 0.0])},
        {"gamma": 0.0},
        {"gamma": float("nan")},
        {"b": float("inf")},
    ],
)
def test_numbers_that_make_no_machine_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="support vector"):
        machine(**changes)


@pytest.mark.parametrize("scale", [[0.0, 1.0], [1.0], [-1.0, 1.0], [np.nan, 1.0]])
def test_a_spread_must_be_positive(scale: list[float]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Scaling(mean=np.zeros(2), scale=np.array(scale))
