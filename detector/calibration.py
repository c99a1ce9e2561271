"""From the members' mean to a probability that means what it says. Monotone, into [0, 1], plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.logistic import sigmoid

Probabilities: TypeAlias = npt.NDArray[np.float64]
"""Numbers in [0, 1], of any shape."""

_EDGE = 1e-9


class Calibration(Protocol):
    """Turns raw scores in [0, 1] into probabilities; a higher score never gives a lower probability."""

    def __call__(self, raw: Probabilities) -> Probabilities:
        """The probabilities, in the shape of ``raw``."""

    def numbers(self) -> dict[str, Any]:
        """The form in which a bundle's manifest holds it."""


@dataclass(frozen=True, slots=True)
class Isotonic:
    """Straight lines between knots; flat outside of them. Source: Zadrozny & Elkan 2002.

    Raises:
        ValueError: the knots don't rise, or leave [0, 1].
    """

    x: tuple[float, ...]
    """Raw scores, rising."""
    y: tuple[float, ...]
    """Their probabilities, never falling."""

    def __post_init__(self) -> None:
        if not self.x or len(self.x) != len(self.y):
            raise ValueError("a calibration needs as many probabilities as scores, and at least one")
        if not all(0 <= number <= 1 for number in self.x + self.y):
            raise ValueError("the knots of a calibration lie in [0, 1]")
        if any(a >= b for a, b in zip(self.x, self.x[1:], strict=False)):
            raise ValueError("the scores of a calibration's knots must rise")
        if any(a > b for a, b in zip(self.y, self.y[1:], strict=False)):
            raise ValueError("the probabilities of a calibration's knots must not fall")

    def __call__(self, raw: Probabilities) -> Probabilities:
        """Interpolate; held between the two knots, since rounding may lead a hair beyond them."""
        knots = np.array(self.y)
        above = np.searchsorted(self.x, raw, side="right")
        low, high = knots[np.maximum(above - 1, 0)], knots[np.minimum(above, len(knots) - 1)]
        return np.clip(np.interp(raw, self.x, self.y), low, high)

    def numbers(self) -> dict[str, Any]:
        """Kind and knots."""
        return {"kind": "isotonic", "x": list(self.x), "y": list(self.y)}


@dataclass(frozen=True, slots=True)
class Platt:
    """Logistic in the score's log-odds: ``1 / (1 + exp(-(a * ln(raw / (1 - raw)) + b)))``.

    a = 1, b = 0 change nothing. Source: Platt 1999, on log-odds as in Kull et al. 2017 (equal slopes).

    Raises:
        ValueError: the slope is negative, or a number is not finite.
    """

    a: float
    b: float

    def __post_init__(self) -> None:
        if not (np.isfinite([self.a, self.b]).all() and self.a >= 0):
            raise ValueError("Platt's slope must not be negative, and both numbers must be finite")

    def __call__(self, raw: Probabilities) -> Probabilities:
        """Shift and stretch the log-odds."""
        inside = np.clip(raw, _EDGE, 1 - _EDGE)
        return sigmoid(self.a * np.log(inside / (1 - inside)) + self.b)

    def numbers(self) -> dict[str, Any]:
        """Kind and both numbers."""
        return {"kind": "platt", "a": self.a, "b": self.b}


def read_calibration(numbers: Mapping[str, Any]) -> Calibration:
    """The calibration that a manifest describes.

    Raises:
        ValueError: it is of no known kind, or its numbers are not what they should be.
    """
    try:
        if numbers["kind"] == "isotonic":
            return Isotonic(*(tuple(float(knot) for knot in numbers[axis]) for axis in ("x", "y")))
        if numbers["kind"] == "platt":
            return Platt(float(numbers["a"]), float(numbers["b"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"the calibration is incomplete: {error}") from error
    raise ValueError(f"a calibration is of kind isotonic or platt, not {numbers['kind']!r}")
