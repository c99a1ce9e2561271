"""Tries a veto out of fold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores
from detector.logistic import sigmoid
from detector.reasons import Reason, Rejected
from detector.training.crossvalidation import Tell
from detector.training.folds import Fold
from detector.training.recipe import Recipe
from detector.training.veto import TunedVeto, VetoTraining

PART = "veto.safetensors"
"""The bundle's file of the veto."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SecondLook:
    """What vetoes that had seen nothing of a picture's group say of it."""

    probability: Scores
    """(n,)"""
    drawn: npt.NDArray[np.bool_]
    """(n,) True for the kinds of pictures that they learned from."""
    vetoes: tuple[TunedVeto, ...] = ()
    """The veto of each fold."""


def drawn_of(domains: Sequence[str], recipe: Recipe) -> npt.NDArray[np.bool_]:
    """(n,) True for the kinds of pictures that the veto learns from.

    Raises:
        Rejected: ``corpus_invalid``: there are no such pictures.
    """
    wanted = recipe.veto_domains or tuple(set(domains))
    drawn = np.array([domain in wanted for domain in domains])
    if not drawn.any():
        raise Rejected(
            Reason.CORPUS_INVALID,
            f"the corpus has no pictures of the veto's domains ({', '.join(wanted)});"
            f" name some of {', '.join(sorted(set(domains)))} with --veto-domains, or train without a veto",
        )
    return drawn


def look_out_of_fold(
    veto: VetoTraining,
    *,
    labels: Labels,
    drawn: npt.NDArray[np.bool_],
    folds: Sequence[Fold],
    tell: Tell,
) -> SecondLook:
    """Tune on the drawn pictures of each fold's training part, and look at its other part.

    Args:
        veto: has looked at all pictures.
        labels: (n,) True for generated ones.
        drawn: (n,) True for the kinds of pictures that the veto learns from.
        folds: those by which the scores were judged.
        tell: says what is being done.
    """
    probability = np.empty(len(labels))
    vetoes = []
    for number, fold in enumerate(folds, 1):
        chosen = fold.train[drawn[fold.train]]
        tell(f"veto, fold {number} of {len(folds)}: tuning on {len(chosen)} drawn pictures")
        vetoes.append(veto.tune(chosen, labels))
        probability[fold.test] = sigmoid(veto.scores(vetoes[-1], fold.test))
    return SecondLook(probability=probability, drawn=drawn, vetoes=tuple(vetoes))


def entry_of(
    veto: VetoTraining, weights_sha256: str, threshold: float, domains: Iterable[str], target: float
) -> dict[str, Any]:
    """The manifest's entry of a veto that learned from pictures of some domains."""
    return {
        "backbone": veto.spec.backbone,
        "weights_sha256": weights_sha256,
        "part": PART,
        "threshold": threshold,
        "embedding": veto.spec.id,
        "domains": sorted(set(domains)),
        "target": target,
    }
