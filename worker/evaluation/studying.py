"""Measures what the chosen studies need, and runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detector.evaluation.deliveries import PERTURBATIONS
from detector.features.catalogue import ALL_GROUPS
from detector.reasons import Reason, Rejected
from detector.training.crossvalidation import Tell
from detector.training.recipe import Recipe
from detector.training.studies import Material, Study, feature_groups
from detector.training.studies.material import Further
from detector.vector import Vector
from worker.evaluation.judging import delivered_of, examples_of
from worker.evaluation.order import Order
from worker.evaluation.pictures import Brought, MeasuredPictures, Measurer
from worker.extraction import Extraction, MeasuringOrder

_TREES, _BINS = 100, 63
"""Boosting steps, and steps of a number, in studies: a ranking needs fewer than a probability. A fit becomes
four times as fast, and loses .002 of AUC on the project's corpus."""
_DAMAGE = {delivery.name for delivery in PERTURBATIONS}


def study(studies: Sequence[Study], material: Material, tell: Tell) -> list[dict[str, Any]]:
    """The findings of studies, as a report holds them."""
    found = []
    for chosen in studies:
        tell(f"study {chosen.name}: {chosen.cost}")
        told = chosen.run(material, tell).as_json()
        found.append({"name": chosen.name, "question": chosen.question, "cost": chosen.cost, **told})
    return found


def measure_further(
    order: Order,
    pictures: MeasuredPictures,
    own: MeasuringOrder,
    second: MeasuringOrder | None,
    measurer: Measurer,
) -> dict[str, Further]:
    """The other numbers that the chosen studies look at: optional groups, and a second embedding.

    Args:
        order: names the studies.
        pictures: all of them.
        own: how the bundle measures.
        second: how the second backbone measures; None where none was named.
        measurer: shows how far it is.

    Raises:
        Rejected: ``corpus_invalid``: a picture can't be measured in another way.
    """
    chosen = {study.name for study in order.studies}
    found = {}
    optional = tuple(group for group in ALL_GROUPS if group not in own.groups)
    if "groups" in chosen and optional:
        way = replace(own, groups=optional, embedding=None, weights=None)
        vectors = _measured(order, pictures, way, measurer)
        rows = np.stack([vector.values for vector in vectors])
        groups = feature_groups(vectors[0].schema)
        found["optional"] = Further(name="optional groups", rows=rows, groups=groups)
    if "backbones" in chosen and second is not None:
        vectors = _measured(order, pictures, second, measurer)
        kept = vectors[0].schema.handcrafted
        rows = np.stack([vector.values[kept:] for vector in vectors])
        found["backbone"] = Further(name=str(second.embedding), rows=rows)
    return found


def _measured(
    order: Order, pictures: MeasuredPictures, way: MeasuringOrder, measurer: Measurer
) -> list[Vector]:
    marks = measurer.by(Extraction(order.cache, way, order.children)).marks_of(pictures.entries)
    found = []
    for entry, mark in zip(pictures.entries, marks, strict=True):
        if isinstance(mark.vector, Reason):
            raise Rejected(
                Reason.CORPUS_INVALID,
                f"{entry.name} can't be measured for the studies ({mark.vector}); take it out",
            )
        found.append(mark.vector)
    return found


def material_of(
    pictures: MeasuredPictures,
    brought: Mapping[str, Brought],
    recipe: Recipe,
    further: Mapping[str, Further],
) -> Material:
    """What studies work on.

    Args:
        pictures: all of them, clean.
        brought: as deliveries bring them.
        recipe: of the bundle.
        further: as `measure_further` gives it.
    """
    schema = pictures.clean.vectors[0].schema
    columns = pictures.columns
    damaged = {name: part for name, part in brought.items() if name in _DAMAGE and len(part.places)}
    return Material(
        examples=examples_of(pictures),
        names=schema.names,
        groups=feature_groups(schema),
        domains=columns.domains,
        generators=columns.generators,
        dates=np.array([entry.first_published for entry in pictures.entries], dtype=np.str_),
        recipe=replace(
            recipe,
            lightgbm_trees=min(recipe.lightgbm_trees, _TREES),
            lightgbm_bins=min(recipe.lightgbm_bins, _BINS),
        ),
        deliveries={name: delivered_of(part) for name, part in damaged.items()},
        optional=further.get("optional"),
        backbone=further.get("backbone"),
    )
