"""How numbers are spread in a sample, in bins that a later sample can be sorted into. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worker.drift.stability import Counts, Numbers, by_chance, indices

TENTHS = np.linspace(0.1, 0.9, 9)
BINS = len(TENTHS) + 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """The bins of d numbers: between the sample's tenths, and one above all that it has.

    A number that takes few values has fewer bins: one between two equal tenths is none. The one above all is
    what tells that a number moved which never did.

    Raises:
        ValueError: the arrays don't belong to each other.
    """

    edges: npt.NDArray[np.float32]
    """(b - 1, d) lower ends of all bins but the first, rising."""
    counts: Counts
    """(b, d) how many of the sample lie in each."""

    def __post_init__(self) -> None:
        if self.edges.ndim != 2 or self.edges.shape != (BINS - 1, self.counts.shape[1]):
            raise ValueError(f"a spread has {BINS - 1} edges and {BINS} counts of each number")
        if not np.isfinite(self.edges).all() or (np.diff(self.edges, axis=0) < 0).any():
            raise ValueError("the edges of a spread are finite and rise")

    @classmethod
    def of(cls, rows: npt.NDArray[np.float32]) -> Spread:
        """The spread of a sample, (n, d), of one row or more."""
        tenths = np.quantile(rows.astype(np.float64), TENTHS, axis=0).astype(np.float32)
        above = np.nextafter(rows.max(axis=0), np.float32(np.inf))
        edges = np.vstack([tenths, np.maximum(above, tenths[-1])])
        return cls(edges=edges, counts=_sorted(rows, edges))

    @property
    def sample(self) -> int:
        """How many rows it was made of."""
        return int(self.counts[:, 0].sum()) if self.counts.shape[1] else 0

    @property
    def real(self) -> npt.NDArray[np.bool_]:
        """(b, d) which bins a number has."""
        first = np.ones((1, self.edges.shape[1]), dtype=np.bool_)
        return np.vstack([first, np.diff(self.edges, axis=0) > 0, first])

    def place(self, rows: npt.NDArray[np.float32]) -> Counts:
        """(b, d) how many of another sample, (n, d), lie in each bin."""
        return _sorted(rows, self.edges)

    def drift(self, rows: npt.NDArray[np.float32]) -> tuple[Numbers, Numbers]:
        """The stability index of each number of another sample, (n, d), and about what chance gives of it."""
        real = self.real
        chances = [by_chance(bins, len(rows), self.sample) for bins in real.sum(axis=0)]
        return indices(self.place(rows), self.counts, real), np.array(chances)


def _sorted(rows: npt.NDArray[np.float32], edges: npt.NDArray[np.float32]) -> Counts:
    counts = np.zeros((BINS, rows.shape[1]), dtype=np.int64)
    for number in range(rows.shape[1]):
        bins = np.searchsorted(edges[:, number], rows[:, number], side="right")
        counts[:, number] = np.bincount(bins, minlength=BINS)
    return counts
