"""What of an embedding is watched: where pictures lie on the axes that tell them apart, and how far off them.

An embedding's single numbers mean nothing, and hundreds of indices would be noise. The principal axes of an
installation's own pictures hold most of what varies among them; a new kind of picture either moves along them
or lies off all of them, and then the remainder grows: the length of what the axes leave of a vector.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

AXES = 8
_TINY = 1e-9
_MOST = 5.0
"""Spreads from the mean at which a number is held, so that no wild one turns an axis."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axes:
    """Principal axes of embeddings of e numbers.

    Raises:
        ValueError: the arrays don't belong to each other.
    """

    mean: npt.NDArray[np.float32]
    """(e,)"""
    scale: npt.NDArray[np.float32]
    """(e,) positive"""
    directions: npt.NDArray[np.float32]
    """(k, e) of length 1, at right angles."""

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or not self.mean.shape == self.scale.shape == self.directions.shape[1:]:
            raise ValueError("axes need a mean, a spread and directions of one length")
        if not all(np.isfinite(part).all() for part in (self.mean, self.scale, self.directions)):
            raise ValueError("axes hold finite numbers only")

    @classmethod
    def fitted(cls, rows: npt.NDArray[np.float32]) -> Axes:
        """The axes of embeddings, (n, e), of two rows or more."""
        spread = rows.std(axis=0, dtype=np.float64)
        mean, scale = rows.mean(axis=0, dtype=np.float64), np.where(spread > _TINY, spread, 1.0)
        wide = _standardised(rows, mean, scale)
        _, directions = np.linalg.eigh(wide.T @ wide)
        return cls(
            mean=mean.astype(np.float32),
            scale=scale.astype(np.float32),
            directions=directions.T[::-1][:AXES].astype(np.float32),
        )

    def coordinates(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(n, k + 1) places on the axes, and the remainder's length, of embeddings (n, e)."""
        wide = _standardised(rows, self.mean, self.scale)
        places = wide @ self.directions.T.astype(np.float64)
        off = np.sqrt(np.maximum((wide**2).sum(axis=1) - (places**2).sum(axis=1), 0.0))
        return np.column_stack([places, off]).astype(np.float32)


def _standardised(
    rows: npt.NDArray[np.float32], mean: npt.NDArray[np.floating], scale: npt.NDArray[np.floating]
) -> npt.NDArray[np.float64]:
    wide: npt.NDArray[np.float64] = np.clip((rows.astype(np.float64) - mean) / scale, -_MOST, _MOST)
    return wide
