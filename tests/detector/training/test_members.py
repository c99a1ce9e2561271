"""Members are fitted honestly and repeatably."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from detector.evaluation.metrics import auc
from detector.training.crossvalidation import fit_calibration, judge_out_of_fold
from detector.training.examples import Examples
from detector.training.folds import group_folds
from detector.training.members import fit_ensemble, fit_logistic
from detector.training.recipe import Recipe

QUICK = Recipe(lightgbm_trees=20, lightgbm_columns=1, forest_trees=20)


def examples(*, shift: float, groups: int = 12, each: int = 15, width: int = 8, own: float = 0.0) -> Examples:
    """Normal numbers; `shift` parts the labels in one of them, `own` the groups in all."""
    rng = np.random.default_rng(1)
    numbers = np.repeat(np.arange(groups), each)
    labels = numbers % 2 == 0
    rows = rng.normal(size=(len(numbers), width))
    rows += own * rng.normal(size=(groups, width))[numbers]
    rows[:, 2] += shift * labels
    return Examples(rows=rows.astype(np.float32), labels=labels, groups=numbers, handcrafted=3)


def silent(_: str) -> None:
    """Tell nobody."""


def test_what_parts_the_labels_is_learned_and_holds_for_unseen_groups() -> None:
    learned = examples(shift=3)
    folds = group_folds(learned.labels, learned.groups, seed=0)
    judged = judge_out_of_fold(learned, QUICK, folds, silent)
    assert auc(learned.labels, judged.probability) > 0.9
    assert min(auc(learned.labels, scores) for scores in judged.members.values()) > 0.85


def test_knowing_a_source_by_heart_earns_nothing() -> None:
    """Every group is told apart with ease, its label only by having seen it."""
    by_heart = examples(shift=0, own=4)
    folds = group_folds(by_heart.labels, by_heart.groups, seed=0)
    judged = judge_out_of_fold(by_heart, QUICK, folds, silent)
    assert auc(by_heart.labels, judged.probability) < 0.8
    seen = fit_ensemble(by_heart, QUICK).score(by_heart.rows)
    assert auc(by_heart.labels, seen.raw) > 0.99, "judged on what it learned from it would look perfect"


def test_the_same_examples_and_seed_give_the_same_scores() -> None:
    learned = examples(shift=1)
    one, other = (fit_ensemble(learned, QUICK).score(learned.rows).raw for _ in range(2))
    assert_array_equal(one, other)


def test_components_stand_for_the_embedding_before_every_member() -> None:
    learned = examples(shift=2, width=20)
    ensemble = fit_ensemble(learned, Recipe(lightgbm_trees=5, forest_trees=5, components=4))
    assert all(seat.member.fits(7) for seat in ensemble.seats.values())
    assert ensemble.score(learned.rows).raw.shape == (len(learned),)


def test_the_logistic_fit_is_the_likeliest_one() -> None:
    rng = np.random.default_rng(5)
    scores = rng.normal(size=4000)
    labels = rng.random(4000) < 1 / (1 + np.exp(-(1.7 * scores - 0.4)))
    slope, offset = fit_logistic(scores, labels)
    reference = LogisticRegression(C=1e6).fit(scores[:, None], labels)
    assert_allclose([slope, offset], [reference.coef_[0, 0], reference.intercept_[0]], atol=5e-3)


def test_a_score_that_points_the_wrong_way_is_given_no_say() -> None:
    scores = np.linspace(-1, 1, 100)
    slope, _ = fit_logistic(scores, scores < 0)
    assert slope == 0


@pytest.mark.parametrize("prior", [0.1, 0.5, 0.9])
def test_a_calibration_means_what_it_says_under_its_prior(prior: float) -> None:
    rng = np.random.default_rng(8)
    labels = rng.random(200_000) < 0.5
    raw = 1 / (1 + np.exp(-rng.normal(2 * labels - 1, 1.5)))
    probability = fit_calibration(raw, labels, prior)(raw)
    weight = np.where(labels, prior, 1 - prior)
    for low in (0.1, 0.4, 0.7):
        inside = (probability >= low) & (probability < low + 0.2)
        share = (weight * labels)[inside].sum() / weight[inside].sum()
        assert share == pytest.approx(np.average(probability[inside], weights=weight[inside]), abs=0.06)


def test_weights_of_one_are_the_same_as_none() -> None:
    """But for the forest, which draws by weight and so with another hand."""
    plain = examples(shift=1)
    weighted = replace(plain, weights=np.ones(len(plain)))
    one, other = (fit_ensemble(each, QUICK).score(plain.rows).members for each in (plain, weighted))
    for member in ("lightgbm", "svm"):
        assert_array_equal(one[member], other[member])
    assert abs(auc(plain.labels, one["random_forest"]) - auc(plain.labels, other["random_forest"])) < 0.02


def test_a_label_that_is_hardly_believed_hardly_counts() -> None:
    """A third of the labels is wrong: believed like the others they do harm, hardly believed they don't."""
    right = examples(shift=3)
    wrong = np.arange(len(right)) % 3 == 0
    misled = replace(right, labels=right.labels ^ wrong)
    wary = replace(misled, weights=np.where(wrong, 0.02, 1.0))
    scores = {
        name: fit_ensemble(each, QUICK).score(right.rows).members
        for name, each in (("misled", misled), ("wary", wary))
    }
    for member in scores["wary"]:
        assert auc(right.labels, scores["wary"][member]) > auc(right.labels, scores["misled"][member]) + 0.02


def test_a_part_of_the_examples_keeps_its_weights() -> None:
    weighted = replace(examples(shift=1), weights=np.linspace(0.1, 1, 180))
    part = weighted.at(np.array([3, 1]))
    assert part.weights is not None
    assert_array_equal(part.weights, weighted.weights[[3, 1]])  # type: ignore[index] # set above
    with pytest.raises(ValueError, match="a weight for each vector"):
        replace(weighted, weights=np.ones(3))
