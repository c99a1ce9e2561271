"""Runs an evaluation: from an order to a report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from detector import load_bundle
from detector.bundle import read_bundle
from detector.evaluation.deliveries import CLEAN, PERTURBATIONS, Delivery
from detector.evaluation.figures import headline
from detector.training.corpus import TRAIN, Entry, read_corpus
from detector.training.crossvalidation import Tell
from detector.training.deciding import Decided
from detector.training.recipe import Recipe
from detector.training.recorded import recipe_of
from worker.evaluation.judging import judge_by_bundle, judge_by_folds, limits_of, second_of
from worker.evaluation.offenders import offenders
from worker.evaluation.order import Order
from worker.evaluation.overlap import unseen
from worker.evaluation.pictures import Measurer, Progress, measuring_order
from worker.evaluation.sections import (
    FORMAT,
    bundle_facts,
    deliveries,
    kind_of,
    method_of,
    remarks,
    thresholds_of,
    tiers_of,
    warranty,
)
from worker.evaluation.studying import material_of, measure_further, study
from worker.extraction import Extraction, MeasuringOrder
from worker.settings import Settings

_TEST = "test"
"""The split that is judged, unless another one is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an evaluation runs in."""

    settings: Settings
    progress: Progress
    tell: Tell
    second: MeasuringOrder | None = None
    """How the second backbone of the studies measures."""


def evaluate(order: Order, around: Surroundings) -> dict[str, Any]:
    """Measure, judge, count and study.

    Returns:
        The report as JSON has it, but for who made it.

    Raises:
        Rejected: the manifest can't be used, or the bundle was trained on its pictures.
        Fault: weights, the cache or the bundle are not what they should be.
    """
    # Loaded once, and first: what is judged by is what was asked whether it knows the pictures.
    detector = None if order.cross_validate else load_bundle(order.bundle, around.settings.weights_dir)
    bundle = read_bundle(order.bundle) if detector is None else detector.bundle
    own = measuring_order(bundle, around.settings)
    measurer = Measurer(Extraction(order.cache, own, order.children), around.progress)
    given = unseen(order, bundle, measurer.measure(_entries(order)))
    pictures = given.pictures
    brought = measurer.bring(pictures, _wanted(order))
    asked = {each.name: brought[each.name] for each in order.deliveries}
    recipe = replace(recipe_of(bundle, Recipe()), seed=order.seed)
    decided: Decided | None = None
    if detector is None:
        ask = order.veto and bundle.veto is not None
        second = second_of(bundle, pictures, recipe, around.settings, around.progress) if ask else None
        judged, decided = judge_by_folds(recipe, pictures, asked, second, around.tell)
    else:
        judged = judge_by_bundle(detector, pictures, asked, around.settings, around.progress)
    further = measure_further(order, pictures, own, around.second, measurer) if order.studies else {}
    method = method_of(order, bundle)
    return {
        "format": FORMAT,
        "kind": kind_of(order).value,
        "method": method,
        "vetoed": bundle.veto is not None and order.veto,
        "thresholds": thresholds_of(bundle, decided),
        "bundle": bundle_facts(bundle) | measurer.runtime,
        "data": {"manifest": order.manifest.name, **pictures.facts(), "left_out": given.left_out},
        "remarks": [*given.remarks, *remarks(order, bundle, pictures, measurer.runtime, decided)],
        "headline": headline(tiers_of(judged)),
        "deliveries": deliveries(order, judged, pictures, bundle.policy.prior),
        "warranty": warranty(judged, method),
        "offenders": offenders(
            judged[CLEAN.name],
            pictures,
            detector,
            limits_of(around.settings),
            count=order.offenders,
            thumbnails=order.thumbnails,
        ),
        "studies": study(order.studies, material_of(pictures, brought, recipe, further), around.tell),
    }


def _entries(order: Order) -> tuple[Entry, ...]:
    """Folds and studies need several sources of each label; counting verdicts needs but a picture."""
    split = order.split or (TRAIN if order.cross_validate else _TEST)
    if order.cross_validate or order.studies:
        return read_corpus(order.manifest, split=split)
    return read_corpus(order.manifest, split=split, learned_from=False)


def _wanted(order: Order) -> tuple[Delivery, ...]:
    """What is asked about, and the damage that a study needs."""
    damage = PERTURBATIONS if any(each.name == "perturbations" for each in order.studies) else ()
    return tuple({each.name: each for each in (*order.deliveries, *damage)}.values())
