"""What studies work on: measured pictures with what their manifest says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.features.catalogue import schemas
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import Numbers
from detector.training.recipe import Recipe
from detector.vector import Values, VectorSchema

Names: TypeAlias = npt.NDArray[np.str_]
"""(n,) a word for each picture."""

EMBEDDING = "embedding"
"""Name of the group that holds all learned numbers."""


HANDCRAFTED, LEARNED, COMBINED = "handcrafted", "learned", "combined"
"""Kinds of numbers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Further:
    """Other numbers of the same pictures."""

    name: str
    rows: Values
    """(n, d) in the order of the material."""
    groups: Mapping[str, Numbers] = field(default_factory=dict)
    """Columns of each group, where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """n pictures as the bundle measures them, and whatever else a study may need."""

    examples: Examples
    names: Sequence[str]
    """(d,) of the numbers of a vector."""
    groups: Mapping[str, Numbers]
    """Columns of each feature group; the embedding is one."""
    domains: Names
    generators: Names
    """Empty where a person made it."""
    dates: Names
    """First publication as the manifest states it; empty where it doesn't."""
    recipe: Recipe
    deliveries: Mapping[str, Delivered] = field(default_factory=dict)
    """By name of the delivery."""
    optional: Further | None = None
    """Handcrafted groups that the bundle does without."""
    backbone: Further | None = None
    """The embedding of a second backbone."""

    @property
    def learned(self) -> Numbers:
        """(k,) columns of the embedding."""
        return np.arange(self.examples.handcrafted, self.examples.rows.shape[1])

    @property
    def handcrafted(self) -> Numbers:
        """(h,) the other columns."""
        return np.arange(self.examples.handcrafted)

    @property
    def kinds(self) -> dict[str, Numbers]:
        """Columns of the handcrafted numbers, of the learned ones and of both, as far as there are any."""
        found = {HANDCRAFTED: self.handcrafted, LEARNED: self.learned}
        if len(self.learned) and len(self.handcrafted):
            found[COMBINED] = np.arange(self.examples.rows.shape[1])
        return {name: columns for name, columns in found.items() if len(columns)}

    def only(self, columns: Numbers) -> Examples:
        """The pictures with some of their numbers, in rising order."""
        return replace(
            self.examples,
            rows=np.ascontiguousarray(self.examples.rows[:, columns]),
            handcrafted=int((columns < self.examples.handcrafted).sum()),
        )

    def instead(self, other: Further) -> Examples:
        """The pictures with another embedding, and no handcrafted numbers."""
        return replace(self.examples, rows=other.rows, handcrafted=0)

    def besides(self, rows: Values) -> Examples:
        """The pictures with further handcrafted numbers, which come before the embedding."""
        border = self.examples.handcrafted
        own = self.examples.rows
        return replace(
            self.examples,
            rows=np.concatenate([own[:, :border], rows, own[:, border:]], axis=1),
            handcrafted=border + rows.shape[1],
        )


def feature_groups(schema: VectorSchema) -> dict[str, Numbers]:
    """Columns of each feature group of a schema, in the order of their first one."""
    named = [feature.group for part in schemas(schema.groups) for feature in part.features]
    named += [EMBEDDING] * schema.embedding_length
    return {name: np.flatnonzero(np.array(named) == name) for name in dict.fromkeys(named)}
