"""How well a small model tells generated pictures from others by a few facts, on groups it has not seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import lightgbm
import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores, auc, auc_interval
from detector.training.folds import Groups, group_folds

Columns = npt.NDArray[np.float64]
"""(n, k) facts of n pictures; nan where a picture has no such fact."""

_REPEATS = 3
"""Partitions into folds whose scores are averaged: with few groups a single one is a matter of luck."""
_TREES = 60
_DECIMALS = 6
"""Of a score: facts that are alike everywhere must score alike, not by how a sum was rounded."""
_PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.1,
    "num_leaves": 4,
    "min_data_in_leaf": 5,
    "lambda_l2": 1.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""Few leaves: enough for an interval of a fact and for two facts together, too few for a group by heart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """How well the classes can be told apart by something: 0.5 is chance, 1 is always."""

    name: str
    auc: float
    low: float
    """Lower end of the 95 % interval, over the choice of groups."""
    high: float

    def as_json(self) -> dict[str, float]:
        """The three figures with four decimals."""
        return {"auc": round(self.auc, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def separate(name: str, columns: Columns, labels: Labels, groups: Groups, *, seed: int) -> Separation:
    """Try boosted trees of four leaves on the facts, group by group out of fold.

    A group's pictures are judged by trees that have seen none of it, so that only what classes have in
    common counts, and not what a source is known by.

    Args:
        name: of what is tried.
        columns: see there.
        labels: (n,) True where a generator made the picture.
        groups: (n,) number of each picture's group.
        seed: of the folds, and of the bootstrap that gives the interval.

    Raises:
        ValueError: one of the classes has too few groups for the folds.
    """
    scores = np.zeros(len(labels))
    for repeat in range(_REPEATS):
        for fold in group_folds(labels, groups, seed=seed + repeat):
            scores[fold.test] += _judge(columns[fold.train], labels[fold.train], columns[fold.test])
    return rated(name, scores, labels, groups, seed=seed)


def rated(name: str, scores: Scores, labels: Labels, groups: Groups, *, seed: int) -> Separation:
    """The area under the curve of scores, with its interval over the choice of groups."""
    low, high = auc_interval(labels, scores, groups, np.random.default_rng(seed))
    return Separation(name=name, auc=auc(labels, scores), low=low, high=high)


def strongest(separations: Iterable[Separation]) -> Separation:
    """The one that is surest to tell the classes apart: with the highest lower end."""
    return max(separations, key=lambda each: each.low)


def _judge(known: Columns, labels: Labels, asked: Columns) -> Scores:
    """Log-odds by trees in which both classes weigh the same, above those of the middle picture they know.

    So folds have one scale, and pictures that trees can't tell apart score 0 in each.
    """
    share = labels.mean()
    weights = np.where(labels, 0.5 / share, 0.5 / (1 - share))
    data = lightgbm.Dataset(known, labels.astype(np.int32), weight=weights)
    booster = lightgbm.train(_PARAMETERS, data, _TREES)
    middle = np.median(_raw(booster, known))
    return (_raw(booster, asked) - middle).round(_DECIMALS)


def _raw(booster: lightgbm.Booster, columns: Columns) -> Scores:
    return np.asarray(booster.predict(columns, raw_score=True), dtype=np.float64)
