"""Splits of a corpus that keep every group together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels

Numbers: TypeAlias = npt.NDArray[np.intp]
"""(k,) places of pictures in the corpus."""
Groups: TypeAlias = npt.NDArray[np.int64]
"""(n,) number of each picture's group."""

FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """What is learned from, and what it is tried on."""

    train: Numbers
    test: Numbers


def number_groups(names: Sequence[str]) -> Groups:
    """Each group's place in the sorted list of groups."""
    return np.unique(np.asarray(names), return_inverse=True)[1].astype(np.int64)


def group_folds(labels: Labels, groups: Groups, *, seed: int, count: int = FOLDS) -> tuple[Fold, ...]:
    """Folds that split no group and have about the corpus's share of each label.

    A plain split would put pictures of one source on both sides, and a model that knows the source by heart
    would look good.
    """
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415 - only training needs it

    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    parts = splitter.split(np.zeros(len(labels)), labels, groups)
    return tuple(Fold(train=train, test=test) for train, test in parts)
