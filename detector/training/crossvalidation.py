"""Judges every picture by a model that has seen nothing of its group: the only figures that are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detector.calibration import Calibration, Platt
from detector.ensemble import MEMBERS
from detector.evaluation.metrics import Labels, Scores
from detector.logistic import log_odds
from detector.training.examples import Examples
from detector.training.folds import Fold, Numbers
from detector.training.members import fit_ensemble, fit_logistic
from detector.training.recipe import Recipe
from detector.training.weighting import choose_weights, weighted

Tell = Callable[[str], None]
"""Says what is being done, for whoever waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What makes one probability of what the members say."""

    weights: Mapping[str, float]
    calibration: Calibration

    def __call__(self, members: Mapping[str, Scores]) -> Scores:
        """(n,) probabilities of pictures of which the members said (n,) each."""
        return self.calibration(weighted(members, self.weights))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutOfFold:
    """What models that have not seen a picture's group say of it."""

    members: Mapping[str, Scores]
    """(n,) by member."""
    by_fold: tuple[Scores, ...]
    """(n,) each: all pictures by the judge that has seen nothing of that fold's groups."""
    probability: Scores
    """(n,) each picture by the judge that has seen nothing of its group."""
    judge: Judge
    """Fitted on all of it: the one that is shipped."""


def judge_out_of_fold(examples: Examples, recipe: Recipe, folds: Sequence[Fold], tell: Tell) -> OutOfFold:
    """Fit on each fold's training part and judge its other part."""
    members = {name: np.empty(len(examples)) for name in MEMBERS}
    for number, fold in enumerate(folds, 1):
        tell(f"fold {number} of {len(folds)}: learning from {len(fold.train)}, judging {len(fold.test)}")
        scores = fit_ensemble(examples.at(fold.train), recipe).score(examples.rows[fold.test])
        for name in MEMBERS:
            members[name][fold.test] = scores.members[name]
    by_fold = tuple(_judge(members, examples.labels, fold.train, recipe)(members) for fold in folds)
    probability = np.empty(len(examples))
    for judged, fold in zip(by_fold, folds, strict=True):
        probability[fold.test] = judged[fold.test]
    judge = _judge(members, examples.labels, np.arange(len(examples)), recipe)
    return OutOfFold(members=members, by_fold=by_fold, probability=probability, judge=judge)


def _judge(members: Mapping[str, Scores], labels: Labels, places: Numbers, recipe: Recipe) -> Judge:
    """Weights and calibration, from what was said out of fold of some of the pictures."""
    said = {name: scores[places] for name, scores in members.items()}
    weights = choose_weights(said, labels[places]) if recipe.choose_weights else recipe.weights
    raw = weighted(said, weights)
    return Judge(weights=weights, calibration=fit_calibration(raw, labels[places], recipe.prior))


def fit_calibration(raw: Scores, labels: Labels, prior: float) -> Calibration:
    """A calibration of scores that were given out of fold, for a share `prior` of generated pictures.

    Platt's two numbers rather than isotonic steps: there are few groups, and steps would follow each of them.
    The corpus's own share of generated pictures is taken out of the offset, and the prior put in.
    """
    slope, offset = fit_logistic(log_odds(raw), labels)
    share, wanted = log_odds(np.array([labels.mean(), prior]))
    return Platt(slope, offset - float(share) + float(wanted))
