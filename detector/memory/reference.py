"""Where people's pictures lie, feature by feature: what a value of one picture is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.vector import Values

_STEPS = 41
"""Quantiles that are kept: every 2.5 %."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """Quantiles of the handcrafted features of people's pictures.

    Raises:
        ValueError: they are not finite, or fall.
    """

    quantiles: npt.NDArray[np.float32]
    """(q, h) from the least to the largest value, in equal steps of the share."""

    def __post_init__(self) -> None:
        if self.quantiles.ndim != 2 or len(self.quantiles) < 2 or not np.isfinite(self.quantiles).all():
            raise ValueError("a reference holds two or more finite quantiles of each feature")
        if (np.diff(self.quantiles, axis=0) < 0).any():
            raise ValueError("the quantiles of a reference must not fall")

    @classmethod
    def fitted(cls, rows: Values) -> Reference:
        """The quantiles of the handcrafted features, (n, h), of n pictures by people."""
        shares = np.linspace(0, 1, _STEPS)
        return cls(quantiles=np.quantile(rows.astype(np.float64), shares, axis=0).astype(np.float32))

    def places(self, values: Values) -> npt.NDArray[np.float64]:
        """(h,) share of people's pictures that lie below each value, (h,), in [0, 1].

        Values that many of them share stand in the middle of those.
        """
        shares = np.linspace(0, 1, len(self.quantiles))
        return np.array(
            [_place(column, value, shares) for column, value in zip(self.quantiles.T, values, strict=True)]
        )


def _place(column: npt.NDArray[np.float32], value: np.float32, shares: npt.NDArray[np.float64]) -> float:
    first, last = np.searchsorted(column, value, "left"), np.searchsorted(column, value, "right")
    if first != last:
        return float(shares[first] + shares[last - 1]) / 2
    return float(np.interp(value, column, shares))
