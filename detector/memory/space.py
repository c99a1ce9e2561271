"""A space in which pictures that measure alike lie close together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.vector import Values

Half: TypeAlias = npt.NDArray[np.float16]

_MOST = 5.0
"""Spreads from the mean at which a number is held, so that no wild one decides alone who is near."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Space:
    """Standardised vectors, turned and cut down to their principal components.

    Raises:
        ValueError: the shapes don't fit, a spread is not positive, or a number is not finite.
    """

    mean: npt.NDArray[np.float32]
    """(d,)"""
    scale: npt.NDArray[np.float32]
    """(d,) positive"""
    components: Half
    """(k, d)"""

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or not self.mean.shape == self.scale.shape == self.components.shape[1:]:
            raise ValueError("a space needs a mean, a spread and components of one length")
        finite = all(np.isfinite(part).all() for part in (self.mean, self.scale, self.components))
        if not finite or not (self.scale > 0).all():
            raise ValueError("a space holds finite numbers and positive spreads only")

    def standardised(self, rows: Values) -> npt.NDArray[np.float64]:
        """(n, d) in spreads from the mean, held within five."""
        wide = (rows.astype(np.float64) - self.mean) / self.scale
        return np.clip(wide, -_MOST, _MOST)

    def coordinates(self, rows: Values) -> Half:
        """(n, k) of vectors (n, d)."""
        return (self.standardised(rows) @ self.components.T.astype(np.float64)).astype(np.float16)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is stored."""
        return {"mean": self.mean, "scale": self.scale, "components": self.components}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Space:
        """Read what ``arrays`` gave.

        Raises:
            KeyError, ValueError: it is something else.
        """
        return cls(
            mean=arrays["mean"].astype(np.float32),
            scale=arrays["scale"].astype(np.float32),
            components=arrays["components"].astype(np.float16),
        )
