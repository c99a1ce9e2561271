"""Judges pictures by a bundle's recipe, refitted without them: for data that the bundle was trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from detector.embedding.views import Pixels
from detector.evaluation.metrics import Scores
from detector.logistic import sigmoid
from detector.training.crossvalidation import OutOfFold, Tell, judge_out_of_fold
from detector.training.deciding import Decided, decide_out_of_fold
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import Fold, Numbers
from detector.training.recipe import Recipe
from detector.training.second_look import SecondLook, look_out_of_fold
from detector.training.veto import VetoTraining

PixelsOf = Callable[[str, Numbers], Iterable[Pixels]]
"""The pixels of some of the corpus's pictures, by its places, as a delivery brings them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Second:
    """The veto that is refitted too."""

    veto: VetoTraining
    """Has looked at all pictures, clean, in their order."""
    drawn: npt.NDArray[np.bool_]
    """(n,) True for the kinds of pictures that it learns from."""
    pixels_of: PixelsOf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ruled:
    """What models, thresholds and vetoes that had seen nothing of a picture's group say of it."""

    probability: Scores
    """(k,) in the order of the delivery's places."""
    genuine_below: Scores
    """(k,)"""
    synthetic_from: Scores
    """(k,)"""
    objected: npt.NDArray[np.bool_]
    """(k,) True where the veto was asked and objected."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refitted:
    """Every delivery's pictures, and the thresholds that they were judged by."""

    deliveries: Mapping[str, Ruled]
    decided: Decided


def judge_delivered(
    examples: Examples,
    recipe: Recipe,
    folds: Sequence[Fold],
    delivered: Mapping[str, Delivered],
    *,
    second: Second | None,
    tell: Tell,
) -> Refitted:
    """Judge by models, calibrations, thresholds and vetoes that have seen nothing of a picture's group.

    All of them are made from clean pictures: a bundle, too, has seen no damaged one.

    Args:
        examples: all pictures, clean.
        recipe: how.
        folds: of the examples.
        delivered: pictures that came by other ways, and the clean ones where they are asked about.
        second: the veto; None judges by the scores alone, with thresholds that are solved for them.
        tell: says what is being done.
    """
    judged = judge_out_of_fold(examples, recipe, folds, tell, delivered)
    look = None
    if second is not None:
        labels, drawn = examples.labels, second.drawn
        look = look_out_of_fold(second.veto, labels=labels, drawn=drawn, folds=folds, tell=tell)
    decided = decide_out_of_fold(examples, judged, look, folds, recipe)
    found = {}
    for name, part in delivered.items():
        ruled = _ruled(judged, name, part, decided)
        if second is not None and look is not None:
            tell(f"veto: looking at what is accused as it comes by {name}")
            ruled = replace(ruled, objected=_objections(ruled, name, part, decided, look=look, second=second))
        found[name] = ruled
    return Refitted(deliveries=found, decided=decided)


def _ruled(judged: OutOfFold, name: str, part: Delivered, decided: Decided) -> Ruled:
    """A delivery by the scores alone, each picture under its fold's thresholds."""
    below, upon = np.empty(len(part.places)), np.empty(len(part.places))
    for fold, ruling in decided.by_fold:
        mine = part.within(fold.test)
        below[mine] = ruling.thresholds.genuine_below
        upon[mine] = ruling.thresholds.synthetic_from
    return Ruled(
        probability=judged.delivered[name],
        genuine_below=below,
        synthetic_from=upon,
        objected=np.zeros(len(part.places), dtype=np.bool_),
    )


def _objections(
    ruled: Ruled, name: str, part: Delivered, decided: Decided, *, look: SecondLook, second: Second
) -> npt.NDArray[np.bool_]:
    """(k,) True where a fold's veto, asked about what the scores accuse, takes it for a person's."""
    objected = np.zeros(len(part.places), dtype=np.bool_)
    accused = ruled.probability >= ruled.synthetic_from
    for (fold, ruling), veto in zip(decided.by_fold, look.vetoes, strict=True):
        mine = part.within(fold.test)
        asked = mine[accused[mine]]
        scores = second.veto.scores_of(veto, second.pixels_of(name, part.places[asked]))
        objected[asked] = sigmoid(scores) < ruling.objects_below
    return objected
