"""A day's figures: how far a sample has drifted from a reference. Pure, and the form in which they are kept.

A group of features drifts by the mean index of its features, so that one of many does not speak for all;
those that moved most are named besides. The embedding drifts by the mean over its axes and the remainder, or
by the remainder alone where that is more: pictures unlike all of the reference lie off every axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.features.catalogue import Feature
from worker.drift.reference import Reference, Sample
from worker.drift.spread import Spread
from worker.drift.stability import Numbers, finding

_NAMED = 8
"""Features that are named, those that moved most."""


def compare(reference: Reference, sample: Sample, features: Sequence[Feature]) -> dict[str, Any]:
    """The figures of a sample.

    Args:
        reference: what it is compared with.
        sample: its vectors of the reference's schema.
        features: the handcrafted features of that schema.

    Returns:
        ``scores``, and where there are vectors ``embedding`` and ``features``: each with ``value``,
        ``by_chance`` and ``finding``.
    """
    scores = sample.scores[:, None]
    values, chances = reference.scores.drift(scores)
    figures: dict[str, Any] = {
        "scores": _figure(values[0], chances[0])
        | {
            "edges": [round(float(edge), 6) for edge in reference.scores.edges[:, 0]],
            "now": reference.scores.place(scores)[:, 0].tolist(),
            "before": reference.scores.counts[:, 0].tolist(),
        }
    }
    numbers, embedded = np.split(sample.vectors, [len(features)], axis=1)
    if len(numbers) and reference.handcrafted is not None:
        figures["features"] = _features(reference.handcrafted, numbers, features)
    if len(embedded) and reference.axes is not None and reference.embedding is not None:
        figures["embedding"] = _embedding(*reference.embedding.drift(reference.axes.coordinates(embedded)))
    return figures


def measures(figures: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each figure that has a finding, by the name of what is measured: a closed list."""
    found = {name: figures[name] for name in ("scores", "embedding") if name in figures}
    groups: dict[str, dict[str, Any]] = figures.get("features", {}).get("groups", {})
    return found | {f"features_{group}": figure for group, figure in groups.items()}


def _figure(value: float, chance: float) -> dict[str, Any]:
    return {
        "value": round(float(value), 4),
        "by_chance": round(float(chance), 4),
        "finding": finding(float(value), float(chance)).value,
    }


def _embedding(values: Numbers, chances: Numbers) -> dict[str, Any]:
    axes, remainder = values[:-1], float(values[-1])
    return _figure(max(float(values.mean()), remainder), float(chances.mean())) | {
        "axes": [round(float(value), 4) for value in axes],
        "remainder": round(remainder, 4),
    }


def _features(
    spread: Spread, numbers: npt.NDArray[np.float32], features: Sequence[Feature]
) -> dict[str, Any]:
    values, chances = spread.drift(numbers)
    groups = np.array([feature.group for feature in features])
    order = np.argsort(-values, kind="stable")[:_NAMED]
    return {
        "groups": {
            group: _figure(values[groups == group].mean(), chances[groups == group].mean())
            for group in dict.fromkeys(groups.tolist())
        },
        "most": [
            {
                "name": features[place].name,
                "group": features[place].group,
                **_figure(values[place], chances[place]),
            }
            for place in order
        ],
    }
