"""The figures of one delivery, in the form in which a report holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from detector.evaluation.breakdown import Cell, Kind, Maker, cells, gravest, worst
from detector.evaluation.curves import (
    Bin,
    brier,
    calibration_error,
    caught,
    histogram,
    reliability,
    roc,
    thinned,
)
from detector.evaluation.judged import Judged, Mask
from detector.evaluation.metrics import auc, auc_interval, share

_POINTS = 200
ACCUSATIONS = (0.01, 0.001)
"""Shares of human pictures at whose accusation the caught generated ones are told."""


def figures(judged: Judged, *, prior: float, rng: np.random.Generator) -> dict[str, Any]:
    """Everything that is told of one delivery.

    Args:
        judged: at least one picture.
        prior: share of generated pictures that the probabilities assume.
        rng: of the bootstraps.
    """
    labels, probability = judged.labels, judged.probability
    groups = judged.pictures.group_numbers
    bins = reliability(labels, probability, prior)
    return {
        "pictures": {"human": int((~labels).sum()), "ai": int(labels.sum())},
        "cells": [cell.as_json() for cell in cells(judged)],
        "errors": errors(judged),
        "auc": _area(judged, rng),
        "caught": [
            caught(labels, probability, groups, rng, accusations=accusations).as_json()
            for accusations in ACCUSATIONS
        ],
        "roc": np.round(thinned(roc(labels, probability), _POINTS), 5).tolist(),
        "reliability": [_bin(each) for each in bins],
        "ece": round(calibration_error(bins), 4),
        "brier": round(brier(labels, probability, prior), 4),
        "histogram": histogram(labels, probability),
    }


def headline(tiers: Mapping[str, Judged]) -> dict[str, Any]:
    """The worst cell of each maker, which is what a reader must know first.

    Args:
        tiers: by name of the delivery. Domains are looked at in each, sources and generators in the first.

    Returns:
        By maker, then ``domain`` and ``source``: the cell as a report holds it, with its ``tier``.
    """
    first = next(iter(tiers))
    found = {name: cells(judged) for name, judged in tiers.items()}
    told: dict[str, Any] = {}
    for maker in Maker:
        by_tier = {name: worst(among, maker, [Kind.DOMAIN]) for name, among in found.items()}
        told[str(maker)] = {
            "domain": _worst_tier({name: cell for name, cell in by_tier.items() if cell is not None}),
            "source": _told(worst(found[first], maker, [Kind.SOURCE, Kind.GENERATOR]), first),
        }
    return told


def _worst_tier(by_tier: Mapping[str, Cell]) -> dict[str, Any] | None:
    """The gravest of the tiers' gravest cells."""
    cell = gravest(by_tier.values())
    tier = next((name for name, each in by_tier.items() if each is cell), "")
    return _told(cell, tier)


def _told(cell: Cell | None, tier: str) -> dict[str, Any] | None:
    return None if cell is None else {**cell.as_json(), "tier": tier}


def against_clean(clean: Judged, delivered: Judged) -> dict[str, Any]:
    """What a delivery does to verdicts: the same pictures before and after, in the same order.

    Raises:
        ValueError: they are not the same pictures.
    """
    if list(clean.pictures.names) != list(delivered.pictures.names):
        raise ValueError("a delivery is compared with the same pictures before it")
    human, generated = ~clean.labels, clean.labels
    moved = (clean.genuine != delivered.genuine) | (clean.synthetic != delivered.synthetic)
    shift = np.abs(delivered.probability - clean.probability)
    return {
        "verdicts_moved": share(moved).as_json(),
        "human_turned_synthetic": share((delivered.synthetic & ~clean.synthetic)[human]).as_json(),
        "ai_turned_genuine": share((delivered.genuine & ~clean.genuine)[generated]).as_json(),
        "shift": {"median": _rounded(np.median(shift)), "p95": _rounded(np.percentile(shift, 95))},
        "clean": {"auc": _rounded(auc(clean.labels, clean.probability)), **errors(clean)},
    }


def errors(judged: Judged) -> dict[str, Any]:
    """Both errors, what was caught and what is left to people, over all pictures."""

    def told(chosen: Mask, among: Mask) -> dict[str, float | int | None]:
        return share(chosen[among]).as_json()

    everything = np.ones(len(judged), dtype=np.bool_)
    return {
        "human_called_synthetic": told(judged.synthetic, ~judged.labels),
        "human_called_synthetic_without_veto": told(judged.accused, ~judged.labels),
        "ai_called_genuine": told(judged.genuine, judged.labels),
        "ai_called_synthetic": told(judged.synthetic, judged.labels),
        "ai_called_synthetic_without_veto": told(judged.accused, judged.labels),
        "uncertain": told(~judged.genuine & ~judged.synthetic, everything),
    }


def _area(judged: Judged, rng: np.random.Generator) -> dict[str, float | None]:
    low, high = auc_interval(judged.labels, judged.probability, judged.pictures.group_numbers, rng)
    value = auc(judged.labels, judged.probability)
    return {"value": _rounded(value), "low": _rounded(low), "high": _rounded(high)}


def _bin(each: Bin) -> dict[str, Any]:
    return {
        "low": each.low,
        "high": each.high,
        "mean": _rounded(each.mean),
        "generated": _rounded(each.generated),
        "weight": _rounded(each.weight),
        **{name: value for name, value in each.share.as_json().items() if name in {"count", "total"}},
    }


def _rounded(number: float | np.floating[Any]) -> float | None:
    """Four decimals; None where there is no number, as JSON has no nan."""
    return None if np.isnan(number) else round(float(number), 4)
