"""Weights follow what members know, and a fold's from the other folds alone."""

from __future__ import annotations

import numpy as np
import pytest

from detector.training.crossvalidation import _judge
from detector.training.recipe import Recipe
from detector.training.weighting import choose_weights, weighted


def said(knows: dict[str, float]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(2)
    labels = rng.random(600) < 0.5
    return {
        name: 1 / (1 + np.exp(-rng.normal(apart * (labels - 0.5)))) for name, apart in knows.items()
    }, labels


def test_the_member_that_knows_most_gets_most() -> None:
    members, labels = said({"lightgbm": 0.0, "svm": 3.0, "random_forest": 0.5})
    weights = choose_weights(members, labels)
    assert weights["svm"] == max(weights.values())
    assert weights["lightgbm"] <= 0.1
    assert sum(weights.values()) == pytest.approx(1)


def test_members_that_know_different_things_share() -> None:
    members, labels = said({"lightgbm": 2.0, "svm": 2.0, "random_forest": 2.0})
    assert min(choose_weights(members, labels).values()) >= 0.2


def test_the_mean_is_the_ensembles() -> None:
    members = {"lightgbm": np.array([0.0, 1.0]), "svm": np.array([0.5, 1.0]), "random_forest": np.ones(2)}
    assert weighted(members, {"lightgbm": 2, "svm": 1, "random_forest": 1}) == pytest.approx([0.375, 1.0])


def test_a_folds_judge_knows_nothing_of_its_labels() -> None:
    members, labels = said({"lightgbm": 1.0, "svm": 2.0, "random_forest": 0.5})
    own, others = np.arange(100), np.arange(100, 600)
    recipe = Recipe(choose_weights=True)
    turned = labels.copy()
    turned[own] = ~turned[own]
    judge = _judge(members, labels, others, recipe)
    assert judge == _judge(members, turned, others, recipe)
    assert judge != _judge(members, turned, np.arange(600), recipe)
