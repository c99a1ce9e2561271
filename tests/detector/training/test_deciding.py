"""Thresholds are solved on other pictures than those that their figures are reported on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detector.calibration import Platt
from detector.policy import Thresholds
from detector.training.crossvalidation import Judge, OutOfFold
from detector.training.deciding import decide_out_of_fold, facts_of, tried_of
from detector.training.demands import Demands
from detector.training.examples import Examples
from detector.training.folds import group_folds
from detector.training.objection import LEAST
from detector.training.recipe import Recipe
from detector.training.second_look import SecondLook

COUNT = 600
SOLVED = Recipe(demands=Demands(max_false_accusation=0.05, max_false_clearance=0.05))


def examples() -> Examples:
    groups = np.arange(COUNT) % 30
    return Examples(
        rows=np.zeros((COUNT, 2), np.float32), labels=groups % 2 == 0, groups=groups, handcrafted=2
    )


def judged(known: Examples) -> OutOfFold:
    rng = np.random.default_rng(4)
    probability = 1 / (1 + np.exp(-rng.normal(np.where(known.labels, 1.5, -1.5))))
    judge = Judge(weights={"lightgbm": 1, "svm": 0, "random_forest": 0}, calibration=Platt(1.0, 0.0))
    members = dict.fromkeys(("lightgbm", "svm", "random_forest"), probability)
    return OutOfFold(members=members, by_fold=(probability,) * 5, probability=probability, judge=judge)


def test_a_folds_thresholds_know_nothing_of_its_labels() -> None:
    known = examples()
    folds = group_folds(known.labels, known.groups, seed=0)
    said = judged(known)
    turned = known.labels.copy()
    turned[folds[2].test] = ~turned[folds[2].test]
    one, other = (
        decide_out_of_fold(replace(known, labels=labels), said, None, folds, SOLVED)
        for labels in (known.labels, turned)
    )
    assert one.by_fold[2][1] == other.by_fold[2][1]
    assert one.shipped != other.shipped
    tried = tried_of(["photo"] * COUNT, known, said, None, one)
    own = folds[2].test
    assert (tried.synthetic_from[own] == one.by_fold[2][1].thresholds.synthetic_from).all()


def test_thresholds_are_solved_for_what_the_veto_leaves() -> None:
    known = examples()
    folds = group_folds(known.labels, known.groups, seed=0)
    said = judged(known)
    doubts = np.where(known.labels, 0.9, 0.1)
    look = SecondLook(probability=doubts, drawn=np.ones(COUNT, bool))
    alone = decide_out_of_fold(known, said, None, folds, SOLVED).shipped
    together = decide_out_of_fold(known, said, look, folds, SOLVED).shipped
    assert together.objects_below == LEAST
    assert together.thresholds.synthetic_from < alone.thresholds.synthetic_from, "people are protected"
    assert facts_of(together, SOLVED)["demands"]["max_false_accusation"] == 0.05


def test_given_thresholds_stay_and_only_the_vetos_is_solved() -> None:
    known = examples()
    folds = group_folds(known.labels, known.groups, seed=0)
    look = SecondLook(probability=np.linspace(0, 1, COUNT), drawn=np.ones(COUNT, bool))
    given = Recipe(thresholds=Thresholds(genuine_below=0.2, synthetic_from=0.6), veto_target=0.01)
    decided = decide_out_of_fold(known, judged(known), look, folds, given)
    assert {ruling.thresholds for _, ruling in decided.by_fold} == {given.thresholds}
    assert decided.shipped.objects_below > LEAST
    assert facts_of(decided.shipped, given) == {"weights": "fixed", "thresholds": "fixed"}
