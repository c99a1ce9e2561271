"""Verdicts on measured pictures: by the bundle itself, or by its recipe refitted without them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from detector import Detector
from detector.decode import DecodeLimits, decode
from detector.evaluation.deliveries import EVERY
from detector.evaluation.judged import Judged, Pictures
from detector.picture import Picture
from detector.training.crossvalidation import Tell
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import group_folds, number_groups
from detector.training.recipe import Recipe
from detector.training.refitting import judge_delivered
from worker.evaluation.pictures import Brought, MeasuredPictures, Progress
from worker.settings import Settings


def judge_by_bundle(
    detector: Detector,
    pictures: MeasuredPictures,
    brought: Mapping[str, Brought],
    settings: Settings,
    progress: Progress,
) -> dict[str, Judged]:
    """The bundle's verdicts by delivery, veto and all."""
    return {
        name: _judged(detector, pictures, part, _pictures_of(pictures, part, name, settings), progress)
        for name, part in brought.items()
        if len(part.places)
    }


def judge_by_folds(
    recipe: Recipe, pictures: MeasuredPictures, brought: Mapping[str, Brought], tell: Tell
) -> dict[str, Judged]:
    """Verdicts of the scores alone, by models that have seen nothing of a picture's group."""
    examples = examples_of(pictures)
    folds = group_folds(examples.labels, examples.groups, seed=recipe.seed)
    delivered = {name: delivered_of(part) for name, part in brought.items() if len(part.places)}
    found = judge_delivered(examples, recipe, folds, delivered, tell)
    columns = pictures.columns
    return {
        name: Judged(
            pictures=_some(columns, brought[name]),
            probability=probability,
            thresholds=recipe.thresholds,
            objected=np.zeros(len(probability), dtype=np.bool_),
        )
        for name, probability in found.items()
    }


def examples_of(pictures: MeasuredPictures) -> Examples:
    """What is learned from."""
    columns, vectors = pictures.columns, pictures.clean.vectors
    return Examples(
        rows=np.stack([vector.values for vector in vectors]),
        labels=columns.labels,
        groups=number_groups([entry.group for entry in pictures.entries]),
        handcrafted=vectors[0].schema.handcrafted,
    )


def delivered_of(part: Brought) -> Delivered:
    """The rows of what was brought."""
    return Delivered(places=part.places, rows=np.stack([vector.values for vector in part.vectors]))


def limits_of(settings: Settings) -> DecodeLimits:
    """Those of a worker."""
    return DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)


def _judged(
    detector: Detector,
    pictures: MeasuredPictures,
    part: Brought,
    picture_of: Callable[[int], Picture],
    progress: Progress,
) -> Judged:
    probability = np.empty(len(part.places))
    objected = np.zeros(len(part.places), dtype=np.bool_)
    with progress("judged", len(part.places)) as advance:
        verdicts = detector.judge_stored(part.vectors, picture_of)
        for place, verdict in enumerate(verdicts):
            probability[place] = verdict.probability
            objected[place] = verdict.veto.overruled is not None
            advance(place + 1)
    return Judged(
        pictures=_some(pictures.columns, part),
        probability=probability,
        thresholds=detector.bundle.policy.thresholds,
        objected=objected,
    )


def _pictures_of(
    pictures: MeasuredPictures, part: Brought, delivery: str, settings: Settings
) -> Callable[[int], Picture]:
    """Reads, decodes and delivers a picture for the veto, which looks at pixels."""
    limits = limits_of(settings)

    def picture_of(number: int) -> Picture:
        picture = decode(pictures.entries[part.places[number]].file.read_bytes(), limits)
        return replace(picture, rgb=EVERY[delivery](picture.rgb))

    return picture_of


def _some(columns: Pictures, part: Brought) -> Pictures:
    chosen = np.zeros(len(columns), dtype=np.bool_)
    chosen[part.places] = True
    return columns.where(chosen)
