"""Whether a name or a date gives the label away: the domain above all.

The published trap: all paintings were by people and all anime by generators, so the model learned that anime
is generated, and accused those who draw it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detector.evaluation.metrics import Labels
from detector.training.audit.separability import Separation, rated
from detector.training.folds import Groups

_ONE_SIDED = 0.1
_YEAR = re.compile(r"(\d{4})(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The pictures that share a name, such as their domain."""

    name: str
    human: int
    generated: int

    @property
    def single(self) -> bool:
        """Whether all are of one class: nobody can tell what a model learns from them."""
        return not self.human or not self.generated

    @property
    def one_sided(self) -> bool:
        """Whether one class has less than a tenth of them."""
        return min(self.human, self.generated) < _ONE_SIDED * (self.human + self.generated)


def kinds_of(names: Sequence[str], labels: Labels) -> tuple[Kind, ...]:
    """The names with their pictures of each class, in the order of their letters."""
    of = np.asarray(names)
    return tuple(
        Kind(
            name=str(name),
            human=int((~labels[of == name]).sum()),
            generated=int(labels[of == name].sum()),
        )
        for name in np.unique(of)
    )


def associated(name: str, kinds: Sequence[str], labels: Labels, groups: Groups, *, seed: int) -> Separation:
    """How far a name that each picture has gives the label away in this corpus.

    Not out of fold: a domain that one group has alone would count as unknown there, while a model that
    learns from the corpus takes the domain for the label all the same. The score of a name is its share of
    generated pictures.

    Args:
        name: of what is tried.
        kinds: each picture's.
        labels: (n,) True where a generator made the picture.
        groups: (n,) number of each picture's group.
        seed: of the bootstrap.
    """
    numbers = np.unique(np.asarray(kinds), return_inverse=True)[1]
    share = np.bincount(numbers, weights=labels) / np.bincount(numbers)
    return rated(name, share[numbers], labels, groups, seed=seed)


def dated(name: str, dates: Sequence[str], labels: Labels, groups: Groups, *, seed: int) -> Separation | None:
    """How far later means generated, among pictures with a date; None where a class has none with a date."""
    moments = np.array([moment_of(date) for date in dates])
    known = ~np.isnan(moments)
    if labels[known].all() or not labels[known].any():
        return None
    return rated(name, moments[known], labels[known], groups[known], seed=seed)


def moment_of(date: str) -> float:
    """A date that begins with its year, and perhaps its month, in years; nan of anything else."""
    found = _YEAR.match(date)
    if found is None:
        return float("nan")
    return int(found[1]) + (int(found[2] or 1) - 1) / 12
