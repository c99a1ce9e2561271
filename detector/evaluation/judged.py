"""Judged pictures in columns: what every figure of a report is counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores
from detector.policy import Label, Thresholds

Mask: TypeAlias = npt.NDArray[np.bool_]
"""(n,) True for the pictures that are meant."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictures:
    """n pictures and what their manifest says of them.

    Raises:
        ValueError: the columns are not of one length.
    """

    names: Sequence[str]
    """As the manifest writes them."""
    labels: Labels
    """(n,) True where a generator made the picture."""
    groups: npt.NDArray[np.str_]
    """(n,) source, or generator family of one source: its pictures hang together."""
    domains: npt.NDArray[np.str_]
    """(n,) kind of picture."""
    generators: npt.NDArray[np.str_]
    """(n,) empty where a person made it, or where nobody knows."""

    def __post_init__(self) -> None:
        if len({len(column) for column in self._columns}) != 1:
            raise ValueError("judged pictures need a name, label, group, domain and generator each")

    @property
    def _columns(self) -> tuple[Sequence[str] | npt.NDArray[np.generic], ...]:
        return self.names, self.labels, self.groups, self.domains, self.generators

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def group_numbers(self) -> npt.NDArray[np.int64]:
        """(n,) each group's place among the sorted ones."""
        return np.unique(self.groups, return_inverse=True)[1].astype(np.int64)

    def where(self, chosen: Mask) -> Pictures:
        """Some of them."""
        return Pictures(
            names=[name for name, kept in zip(self.names, chosen, strict=True) if kept],
            labels=self.labels[chosen],
            groups=self.groups[chosen],
            domains=self.domains[chosen],
            generators=self.generators[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """What one bundle, or the models of several folds, said of pictures that came by one delivery."""

    pictures: Pictures
    probability: Scores
    """(n,) calibrated."""
    genuine_below: Scores
    """(n,) the lower threshold, which differs by fold where each fold's was solved without the picture."""
    synthetic_from: Scores
    """(n,) the upper one."""
    objected: Mask
    """(n,) True where the veto, asked or not, would make SYNTHETIC UNCERTAIN."""
    genuine: Mask = field(init=False)
    """(n,) True where the verdict is GENUINE."""
    accused: Mask = field(init=False)
    """(n,) True where the scores say SYNTHETIC, before the veto."""
    synthetic: Mask = field(init=False)
    """(n,) True where the verdict is SYNTHETIC."""

    def __post_init__(self) -> None:
        accused = self.probability >= self.synthetic_from
        object.__setattr__(self, "genuine", ~accused & (self.probability < self.genuine_below))
        object.__setattr__(self, "accused", accused)
        object.__setattr__(self, "synthetic", accused & ~self.objected)

    @classmethod
    def under(
        cls, thresholds: Thresholds, *, pictures: Pictures, probability: Scores, objected: Mask
    ) -> Judged:
        """Pictures that are all judged under the same thresholds."""
        count = len(probability)
        return cls(
            pictures=pictures,
            probability=probability,
            genuine_below=np.full(count, thresholds.genuine_below),
            synthetic_from=np.full(count, thresholds.synthetic_from),
            objected=objected,
        )

    def __len__(self) -> int:
        return len(self.probability)

    @property
    def labels(self) -> Labels:
        """(n,) True where a generator made the picture."""
        return self.pictures.labels

    def verdict(self, place: int) -> Label:
        """Of one picture."""
        if self.synthetic[place]:
            return Label.SYNTHETIC
        return Label.GENUINE if self.genuine[place] else Label.UNCERTAIN

    def where(self, chosen: Mask) -> Judged:
        """Some of them."""
        return Judged(
            pictures=self.pictures.where(chosen),
            probability=self.probability[chosen],
            genuine_below=self.genuine_below[chosen],
            synthetic_from=self.synthetic_from[chosen],
            objected=self.objected[chosen],
        )
