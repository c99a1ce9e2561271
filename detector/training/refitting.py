"""Judges pictures by a bundle's recipe, refitted without them: for data that the bundle was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from detector.bundle import Bundle
from detector.evaluation.metrics import Scores
from detector.training.crossvalidation import Tell, fit_calibration
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import Fold
from detector.training.members import fit_ensemble
from detector.training.recipe import Recipe


def recipe_of(bundle: Bundle, recipe: Recipe) -> Recipe:
    """A recipe with what a bundle says of its own: weights, thresholds, prior and principal components.

    What a bundle does not say, such as the members' settings, stays as the recipe has it.
    """
    seats = bundle.ensemble.seats
    projections = [seat.projection for seat in seats.values() if seat.projection is not None]
    kept = bundle.schema.handcrafted
    return replace(
        recipe,
        weights={name: seat.weight for name, seat in seats.items()},
        thresholds=bundle.policy.thresholds,
        prior=bundle.policy.prior,
        components=projections[0].gives - kept if projections else 0,
    )


def judge_delivered(
    examples: Examples,
    recipe: Recipe,
    folds: Sequence[Fold],
    delivered: Mapping[str, Delivered],
    tell: Tell,
) -> dict[str, Scores]:
    """Calibrated probabilities by models that have seen nothing of a picture's group, by delivery.

    Models are fitted on clean pictures, calibrations on what such models say of clean ones of other folds:
    a bundle, too, has seen no damaged picture.

    Args:
        examples: all pictures, clean.
        recipe: how.
        folds: of the examples.
        delivered: pictures that came by other ways, and the clean ones where they are asked about.
        tell: says what is being done.

    Returns:
        (k,) for each delivery, in the order of its places.
    """
    raw = np.empty(len(examples))
    found = {name: np.empty(len(part.places)) for name, part in delivered.items()}
    for number, fold in enumerate(folds, 1):
        tell(f"fold {number} of {len(folds)}: learning from {len(fold.train)}, judging {len(fold.test)}")
        ensemble = fit_ensemble(examples.at(fold.train), recipe)
        raw[fold.test] = ensemble.score(np.ascontiguousarray(examples.rows[fold.test])).raw
        for name, part in delivered.items():
            mine = np.isin(part.places, fold.test)
            if mine.any():
                found[name][mine] = ensemble.score(np.ascontiguousarray(part.rows[mine])).raw
    for fold in folds:
        calibration = fit_calibration(raw[fold.train], examples.labels[fold.train], recipe.prior)
        for name, part in delivered.items():
            mine = np.isin(part.places, fold.test)
            found[name][mine] = calibration(found[name][mine])
    return found
