"""Judges every picture by a model that has seen nothing of its group: the only figures that are reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detector.calibration import Calibration, Platt
from detector.ensemble import MEMBERS, Ensemble
from detector.evaluation.metrics import Labels, Scores
from detector.logistic import log_odds
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import Fold, Numbers
from detector.training.members import fit_ensemble, fit_logistic
from detector.training.recipe import Recipe
from detector.training.weighting import choose_weights, weighted
from detector.vector import Values

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
    delivered: Mapping[str, Scores] = field(default_factory=dict)
    """(k,) for each delivery: its pictures by the judges that have seen nothing of their groups."""


def judge_out_of_fold(
    examples: Examples,
    recipe: Recipe,
    folds: Sequence[Fold],
    tell: Tell,
    delivered: Mapping[str, Delivered] | None = None,
) -> OutOfFold:
    """Fit on each fold's training part and judge its other part.

    Args:
        examples: all pictures, clean: what is learned from.
        recipe: how.
        folds: of the examples.
        tell: says what is being done.
        delivered: the same pictures as they came by other ways, to be judged too.
    """
    ways = {} if delivered is None else delivered
    said = _Said(len(examples))
    others = {name: _Said(len(part.places)) for name, part in ways.items()}
    for number, fold in enumerate(folds, 1):
        tell(f"fold {number} of {len(folds)}: learning from {len(fold.train)}, judging {len(fold.test)}")
        ensemble = fit_ensemble(examples.at(fold.train), recipe)
        said.ask(ensemble, fold.test, examples.rows)
        for name, part in ways.items():
            others[name].ask(ensemble, part.within(fold.test), part.rows)
    judges = [_judge(said.members, examples.labels, fold.train, recipe) for fold in folds]
    by_fold = tuple(judge(said.members) for judge in judges)
    return OutOfFold(
        members=said.members,
        by_fold=by_fold,
        probability=_each_by_its_own(by_fold, [fold.test for fold in folds]),
        judge=_judge(said.members, examples.labels, np.arange(len(examples)), recipe),
        delivered={
            name: _each_by_its_own(
                [judge(others[name].members) for judge in judges], [part.within(fold.test) for fold in folds]
            )
            for name, part in ways.items()
        },
    )


class _Said:
    """What members that are fitted fold by fold say of some pictures."""

    def __init__(self, count: int) -> None:
        self.members = {name: np.full(count, 0.5) for name in MEMBERS}

    def ask(self, ensemble: Ensemble, places: Numbers, rows: Values) -> None:
        """Note what is said of the pictures at some places."""
        if not len(places):
            return
        scores = ensemble.score(np.ascontiguousarray(rows[places]))
        for name, said in self.members.items():
            said[places] = scores.members[name]


def _each_by_its_own(judged: Sequence[Scores], parts: Sequence[Numbers]) -> Scores:
    """(n,) of each fold's part what that fold's judge said."""
    found = np.empty_like(judged[0])
    for scores, places in zip(judged, parts, strict=True):
        found[places] = scores[places]
    return found


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
