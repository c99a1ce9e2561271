"""Which numbers of a vector are not what they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.memory import Memory
from detector.vector import Vector

_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Strayed:
    """A number that is not what it was."""

    name: str
    recorded: float
    again: float
    spreads: float
    """How far it has strayed: in spreads of the training's pictures, or of its own size where those are not
    known."""


def strayed(recorded: Vector, again: Vector, memory: Memory | None) -> tuple[Strayed, ...]:
    """The numbers that differ between two vectors of one schema, the farthest first.

    Raises:
        ValueError: the vectors are of different schemas.
    """
    if recorded.schema != again.schema:
        raise ValueError("vectors of different schemas can't be compared")
    then, now = recorded.values.astype(np.float64), again.values.astype(np.float64)
    different = np.flatnonzero((then != now) | (recorded.replaced != again.replaced))
    spreads = np.abs(then - now) / _scale(then, memory)
    order = different[np.argsort(-spreads[different], kind="stable")]
    return tuple(
        Strayed(
            name=recorded.schema.names[place],
            recorded=float(then[place]),
            again=float(now[place]),
            spreads=float(spreads[place]),
        )
        for place in order
    )


def sentence(numbers: Sequence[Strayed], length: int) -> str:
    """How many of so many differ, and which the most."""
    most = ", ".join(f"{it.name} ({it.recorded:.6g}, now {it.again:.6g})" for it in numbers[:_SHOWN])
    return f"{len(numbers)} of {length} numbers of the vector are not what they were; most of all {most}"


def _scale(then: npt.NDArray[np.float64], memory: Memory | None) -> npt.NDArray[np.float64]:
    if memory is not None:
        return memory.space.scale.astype(np.float64)
    return np.maximum(np.abs(then), 1e-6)
