"""Tries a veto out of fold, and tunes the one that is shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores
from detector.logistic import sigmoid
from detector.training.crossvalidation import Tell
from detector.training.folds import Fold
from detector.training.objection import solve_threshold
from detector.training.recipe import Recipe
from detector.training.veto import VetoTraining

PART = "veto.safetensors"
"""The bundle's file of the veto."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SecondLook:
    """What vetoes that had seen nothing of a picture's group say of it."""

    probability: Scores
    """(n,) nan where there is no veto."""
    objects_below: Scores
    """(n,) the threshold, solved without the picture's group."""
    threshold: float
    """Solved on all pictures: the one that is shipped."""


def no_look(count: int) -> SecondLook:
    """Of a bundle without a veto: nothing is objected to."""
    return SecondLook(probability=np.full(count, np.nan), objects_below=np.zeros(count), threshold=0.0)


def look_out_of_fold(
    veto: VetoTraining,
    *,
    labels: Labels,
    accused: npt.NDArray[np.bool_],
    drawn: npt.NDArray[np.bool_],
    folds: Sequence[Fold],
    recipe: Recipe,
    tell: Tell,
) -> SecondLook:
    """Tune on the drawn pictures of each fold's training part, and look at its other part.

    Args:
        veto: has looked at all pictures.
        labels: (n,) True for generated ones.
        accused: (n,) True where the scores say SYNTHETIC, out of fold.
        drawn: (n,) True for the kinds of pictures that the veto learns from.
        folds: those by which `accused` was judged.
        recipe: how.
        tell: says what is being done.
    """
    probability, below = np.empty(len(labels)), np.empty(len(labels))
    for number, fold in enumerate(folds, 1):
        chosen = fold.train[drawn[fold.train]]
        tell(f"veto, fold {number} of {len(folds)}: tuning on {len(chosen)} drawn pictures")
        probability[fold.test] = sigmoid(veto.scores(veto.tune(chosen, labels), fold.test))

    def solved(places: npt.NDArray[np.intp]) -> float:
        return solve_threshold(
            labels=labels[places],
            accused=accused[places],
            veto=probability[places],
            drawn=drawn[places],
            target=recipe.veto_target,
        )

    for fold in folds:
        below[fold.test] = solved(fold.train)
    return SecondLook(probability=probability, objects_below=below, threshold=solved(np.arange(len(labels))))


def entry_of(veto: VetoTraining, weights_sha256: str, threshold: float, recipe: Recipe) -> dict[str, Any]:
    """The manifest's entry of a veto."""
    return {
        "backbone": veto.spec.backbone,
        "weights_sha256": weights_sha256,
        "part": PART,
        "threshold": threshold,
        "embedding": veto.spec.id,
        "domains": list(recipe.veto_domains),
        "target": recipe.veto_target,
    }
