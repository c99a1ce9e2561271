"""Thresholds of scores and veto: each picture's without its own group, and those that are shipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Scores
from detector.policy import Thresholds
from detector.training.assessment import Tried
from detector.training.band import Band, Seen, solve_band
from detector.training.crossvalidation import OutOfFold
from detector.training.examples import Examples
from detector.training.folds import Fold
from detector.training.objection import LEAST, solve_threshold
from detector.training.recipe import Recipe
from detector.training.second_look import SecondLook


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Numbers that make verdicts of probabilities."""

    thresholds: Thresholds
    objects_below: float
    """The veto's threshold; 0 where there is none."""
    band: Band | None
    """How the thresholds were solved, where they were."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decided:
    """Rulings over a corpus."""

    by_fold: tuple[tuple[Fold, Ruling], ...]
    """The ruling over each fold's other part, made from its training part."""
    shipped: Ruling
    """From all pictures."""


def decide_out_of_fold(
    examples: Examples, judged: OutOfFold, look: SecondLook | None, folds: Sequence[Fold], recipe: Recipe
) -> Decided:
    """Take the thresholds that the recipe gives, or solve those that hold its demands.

    A fold's ruling is made from its training part alone, so that no figure is reported on the pictures that
    its thresholds were solved on.

    Args:
        examples: all of them.
        judged: what the scores say of them.
        look: what the veto says; None where there is none.
        folds: those by which both were judged.
        recipe: thresholds or demands, and the veto's target.
    """
    rulings = [
        (fold, _rule(examples, probability, look, fold.train, recipe))
        for fold, probability in zip(folds, judged.by_fold, strict=True)
    ]
    everything = np.arange(len(examples))
    shipped = _rule(examples, judged.judge(judged.members), look, everything, recipe)
    return Decided(by_fold=tuple(rulings), shipped=shipped)


def _rule(
    examples: Examples,
    probability: Scores,
    look: SecondLook | None,
    places: npt.NDArray[np.intp],
    recipe: Recipe,
) -> Ruling:
    """The ruling that some of the pictures give.

    Where thresholds are solved they are so for what people get, after a veto that objects by its own opinion.
    """
    if recipe.demands is None:
        return Ruling(
            thresholds=recipe.thresholds,
            objects_below=0.0 if look is None else _objection(examples, probability, look, places, recipe),
            band=None,
        )
    objects_below = 0.0 if look is None else LEAST
    objected = np.zeros(len(examples), bool) if look is None else look.probability < objects_below
    seen = Seen(
        labels=examples.labels, groups=examples.groups, probability=probability, objected=objected
    ).at(places)
    band = solve_band(seen, recipe.demands, prior=recipe.prior, seed=recipe.seed)
    return Ruling(thresholds=band.thresholds, objects_below=objects_below, band=band)


def _objection(
    examples: Examples,
    probability: Scores,
    look: SecondLook,
    places: npt.NDArray[np.intp],
    recipe: Recipe,
) -> float:
    return solve_threshold(
        labels=examples.labels[places],
        accused=probability[places] >= recipe.thresholds.synthetic_from,
        veto=look.probability[places],
        drawn=look.drawn[places],
        target=recipe.veto_target,
    )


def tried_of(
    domains: Sequence[str],
    examples: Examples,
    judged: OutOfFold,
    look: SecondLook | None,
    decided: Decided,
) -> Tried:
    """The pictures with verdicts by models and thresholds that had seen nothing of their groups."""
    below, upon, objects = (np.empty(len(examples)) for _ in range(3))
    for fold, ruling in decided.by_fold:
        below[fold.test] = ruling.thresholds.genuine_below
        upon[fold.test] = ruling.thresholds.synthetic_from
        objects[fold.test] = ruling.objects_below
    return Tried(
        labels=examples.labels,
        groups=examples.groups,
        domains=domains,
        probability=judged.probability,
        veto=np.full(len(examples), np.nan) if look is None else look.probability,
        objects_below=objects,
        genuine_below=below,
        synthetic_from=upon,
    )


def facts_of(ruling: Ruling, recipe: Recipe) -> dict[str, Any]:
    """How weights and thresholds came about, for the manifest."""
    facts: dict[str, Any] = {
        "weights": "folds" if recipe.choose_weights else "fixed",
        "thresholds": "fixed" if recipe.demands is None else "solved",
    }
    if recipe.demands is not None and ruling.band is not None:
        facts["demands"] = asdict(recipe.demands)
        facts["cost_an_upload"] = round(ruling.band.cost, 4)
        facts["reviewed"] = round(ruling.band.reviewed, 4)
        facts["gave_way"] = [asdict(each) for each in ruling.band.gave_way]
    return facts
