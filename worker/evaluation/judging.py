"""Verdicts on measured pictures: by the bundle itself, or by its recipe refitted without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from detector import Detector
from detector.backbones import weights_file
from detector.bundle import Bundle
from detector.decode import DecodeLimits, decode
from detector.embedding import EmbeddingSpec
from detector.embedding.views import Pixels
from detector.evaluation.deliveries import EVERY
from detector.evaluation.judged import Judged, Pictures
from detector.picture import Picture
from detector.reasons import Reason, Rejected
from detector.training.crossvalidation import Tell
from detector.training.deciding import Decided
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import Numbers, group_folds, number_groups
from detector.training.recipe import Recipe
from detector.training.refitting import Second, judge_delivered
from detector.training.veto import VetoTraining
from worker.evaluation.pictures import Advance, Brought, MeasuredPictures, Progress
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
    recipe: Recipe,
    pictures: MeasuredPictures,
    brought: Mapping[str, Brought],
    second: Second | None,
    tell: Tell,
) -> tuple[dict[str, Judged], Decided]:
    """Verdicts by models, thresholds and vetoes that have seen nothing of a picture's group."""
    examples = examples_of(pictures)
    folds = group_folds(examples.labels, examples.groups, seed=recipe.seed)
    delivered = {name: delivered_of(part) for name, part in brought.items() if len(part.places)}
    found = judge_delivered(examples, recipe, folds, delivered, second=second, tell=tell)
    columns = pictures.columns
    judged = {
        name: Judged(
            pictures=_some(columns, brought[name]),
            probability=ruled.probability,
            genuine_below=ruled.genuine_below,
            synthetic_from=ruled.synthetic_from,
            objected=ruled.objected,
        )
        for name, ruled in found.deliveries.items()
    }
    return judged, found.decided


def second_of(
    bundle: Bundle, pictures: MeasuredPictures, recipe: Recipe, settings: Settings, progress: Progress
) -> Second | None:
    """What tunes the bundle's veto anew; it has looked at all pictures. None where the bundle has none.

    Raises:
        Rejected: ``corpus_invalid``: there is no picture of the kinds that the veto learns from.
        Fault: the weights that it names are missing, or are another network's.
    """
    if bundle.veto is None:
        return None
    drawn = np.isin(pictures.columns.domains, recipe.veto_domains)
    if not drawn.any():
        raise Rejected(
            Reason.CORPUS_INVALID,
            "no picture is of a kind that the bundle's veto learns from"
            f" ({', '.join(recipe.veto_domains)}); leave the veto out with --no-veto",
        )
    spec = EmbeddingSpec.parse(str(bundle.veto["embedding"]))
    weights = weights_file(settings.weights_dir, spec.backbone, str(bundle.veto["weights_sha256"]))
    veto = VetoTraining(spec, weights, recipe)
    limits = limits_of(settings)
    with progress("shown to the veto", len(pictures.entries)) as advance:
        veto.look_at(_shown(pictures, limits, advance))

    def pixels_of(name: str, places: Numbers) -> Iterator[Pixels]:
        for place in places:
            yield EVERY[name](decode(pictures.entries[place].file.read_bytes(), limits).rgb)

    return Second(veto=veto, drawn=drawn, pixels_of=pixels_of)


def _shown(pictures: MeasuredPictures, limits: DecodeLimits, advance: Advance) -> Iterator[Pixels]:
    for done, entry in enumerate(pictures.entries, 1):
        yield decode(entry.file.read_bytes(), limits).rgb
        advance(done)


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
    return Judged.under(
        detector.bundle.policy.thresholds,
        pictures=_some(pictures.columns, part),
        probability=probability,
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
