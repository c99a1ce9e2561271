"""Measured pictures made of numbers, of which it is known what tells the labels apart.

Column 0 is the handcrafted signal, columns 1 and 2 are handcrafted noise, 3 and 4 are learned: the first of
them is the learned signal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.training.examples import Examples
from detector.training.recipe import Recipe
from detector.training.studies.material import Material

RECIPE = Recipe(lightgbm_trees=15, lightgbm_leaves=4, lightgbm_columns=1.0)
GROUPS = {"signal": np.array([0]), "noise": np.array([1, 2]), "embedding": np.array([3, 4])}
NAMES = ("signal", "noise_one", "noise_two", "learned_one", "learned_two")
HANDCRAFTED, LEARNED = 0, 3


def rows(labels: npt.NDArray[np.bool_], *, seed: int = 0, signal: float = 3.0) -> npt.NDArray[np.float32]:
    """(n, 5) noise of spread 1, with the signals so far above it for generated pictures."""
    found = np.random.default_rng(seed).normal(size=(len(labels), 5))
    found[labels, HANDCRAFTED] += signal
    found[labels, LEARNED] += signal
    return found.astype(np.float32)


def material(groups: int = 10, pictures: int = 12, seed: int = 0, **changes: Any) -> Material:
    """So many groups of each label, one generator a group, photographs and art in turn, a year a group."""
    number = np.repeat(np.arange(2 * groups), pictures)
    labels = number % 2 == 1
    columns: Mapping[str, Any] = {
        "rows": rows(labels, seed=seed),
        "groups": number,
        "domains": np.where(number // 2 % 2 == 0, "photo", "art"),
        "generators": np.where(labels, np.char.add("g", number.astype(str)), ""),
        "dates": np.where(labels, np.char.add((2015 + number // 2).astype(str), "-05"), ""),
        "further": {},
    } | changes
    return Material(
        examples=Examples(rows=columns["rows"], labels=labels, groups=columns["groups"], handcrafted=3),
        names=NAMES,
        groups=GROUPS,
        domains=columns["domains"],
        generators=columns["generators"],
        dates=columns["dates"],
        recipe=RECIPE,
        **columns["further"],
    )


def labels_of(groups: int = 10, pictures: int = 12) -> npt.NDArray[np.bool_]:
    """(n,) of the material of that size."""
    return np.asarray(numbers_of(groups, pictures) % 2 == 1)


def numbers_of(groups: int = 10, pictures: int = 12) -> npt.NDArray[np.int64]:
    """(n,) each picture's group."""
    return np.repeat(np.arange(2 * groups), pictures)
