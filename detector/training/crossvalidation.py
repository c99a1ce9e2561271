"""Judges every picture by a model that has seen nothing of its group: the only figures that are reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detector.calibration import Calibration, Platt
from detector.ensemble import MEMBERS
from detector.evaluation.metrics import Labels, Scores
from detector.training.examples import Examples
from detector.training.folds import Fold
from detector.training.members import fit_ensemble, fit_logistic
from detector.training.recipe import Recipe

_EDGE = 1e-6

Tell = Callable[[str], None]
"""Says what is being done, for whoever waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """What models that have not seen a picture's group say of it."""

    members: dict[str, Scores]
    """(n,) by member."""
    raw: Scores
    """(n,) weighted means."""
    probability: Scores
    """(n,) calibrated, by calibrations that have not seen the group either."""


def judge_out_of_fold(examples: Examples, recipe: Recipe, folds: Sequence[Fold], tell: Tell) -> OutOfFold:
    """Fit on each fold's training part and judge its other part."""
    members = {name: np.empty(len(examples)) for name in MEMBERS}
    raw = np.empty(len(examples))
    for number, fold in enumerate(folds, 1):
        tell(f"fold {number} of {len(folds)}: learning from {len(fold.train)}, judging {len(fold.test)}")
        scores = fit_ensemble(examples.at(fold.train), recipe).score(examples.rows[fold.test])
        raw[fold.test] = scores.raw
        for name in MEMBERS:
            members[name][fold.test] = scores.members[name]
    probability = np.empty(len(examples))
    for fold in folds:
        calibration = fit_calibration(raw[fold.train], examples.labels[fold.train], recipe.prior)
        probability[fold.test] = calibration(raw[fold.test])
    return OutOfFold(members=members, raw=raw, probability=probability)


def fit_calibration(raw: Scores, labels: Labels, prior: float) -> Calibration:
    """A calibration of scores that were given out of fold, for a share `prior` of generated pictures.

    Platt's two numbers rather than isotonic steps: there are few groups, and steps would follow each of them.
    The corpus's own share of generated pictures is taken out of the offset, and the prior put in.
    """
    inside = np.clip(raw, _EDGE, 1 - _EDGE)
    slope, offset = fit_logistic(np.log(inside / (1 - inside)), labels)
    share = float(labels.mean())
    return Platt(slope, offset - _log_odds(share) + _log_odds(prior))


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))
