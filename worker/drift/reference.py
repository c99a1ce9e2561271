"""What later samples are compared with: how a bundle's scores and vectors were spread at its beginning. Pure.

The axes of the embedding are fitted on one half of the vectors and the spread along them is taken from the
other: along axes that follow the very pictures that they were fitted on, all others would seem to drift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from worker.drift.axes import Axes
from worker.drift.spread import Spread


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """Scores and vectors of some scans by one bundle."""

    scores: npt.NDArray[np.float32]
    """(n,) calibrated probabilities."""
    vectors: npt.NDArray[np.float32]
    """(m, d) those that were there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """The spreads of a sample. What the vectors don't have, or too few have, is None."""

    scores: Spread
    handcrafted: Spread | None
    """Of the vectors' first numbers."""
    axes: Axes | None
    embedding: Spread | None
    """Of the places on the axes."""

    @classmethod
    def of(cls, sample: Sample, handcrafted: int) -> Reference:
        """The reference of a sample of one scan or more.

        Args:
            sample: its vectors all of one schema.
            handcrafted: how many of a vector's numbers, the first ones, are handcrafted features.
        """
        axes, embedding = None, None
        numbers, embedded = np.split(sample.vectors, [handcrafted], axis=1)
        if embedded.shape[1] and len(embedded) > 3:
            axes = Axes.fitted(embedded[::2])
            embedding = Spread.of(axes.coordinates(embedded[1::2]))
        return cls(
            scores=Spread.of(sample.scores[:, None]),
            handcrafted=Spread.of(numbers) if len(numbers) and handcrafted else None,
            axes=axes,
            embedding=embedding,
        )

    def to_bytes(self) -> bytes:
        """All of it, as safetensors."""
        arrays: dict[str, npt.NDArray[np.generic]] = {}
        for name in ("scores", "handcrafted", "embedding"):
            spread: Spread | None = getattr(self, name)
            if spread is not None:
                arrays |= {f"{name}_edges": spread.edges, f"{name}_counts": spread.counts}
        if self.axes is not None:
            arrays |= {name: getattr(self.axes, name) for name in _AXES}
        return save({name: np.ascontiguousarray(array) for name, array in arrays.items()})

    @classmethod
    def from_bytes(cls, data: bytes) -> Reference:
        """Read what ``to_bytes`` gave.

        Raises:
            ValueError: it is something else.
        """
        try:
            arrays = load(data)
        except SafetensorError as error:
            raise ValueError(f"these are no arrays: {error}") from error
        scores = _spread(arrays, "scores")
        if scores is None:
            raise ValueError("there is no spread of scores")
        return cls(
            scores=scores,
            handcrafted=_spread(arrays, "handcrafted"),
            axes=Axes(**{name: arrays[name] for name in _AXES}) if "directions" in arrays else None,
            embedding=_spread(arrays, "embedding"),
        )


_AXES = ("mean", "scale", "directions")


def _spread(arrays: dict[str, npt.NDArray[np.generic]], name: str) -> Spread | None:
    edges, counts = arrays.get(f"{name}_edges"), arrays.get(f"{name}_counts")
    if edges is None or counts is None:
        return None
    return Spread(edges=edges.astype(np.float32), counts=counts.astype(np.int64))
