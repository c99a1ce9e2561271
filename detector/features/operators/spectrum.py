"""The half plane of a real picture's Fourier transform, and sums over the whole plane from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from detector.features.arrays import SIDE, Real

_HALF = SIDE // 2
_RHO_MAX = float(np.sqrt(_HALF**2 + _HALF**2))


@cache
def _distance() -> Real:
    """Distance of each coefficient of the half plane from frequency 0, in index steps."""
    down = np.abs(np.fft.fftfreq(SIDE, 1.0 / SIDE).round())
    across = np.arange(_HALF + 1, dtype=np.float64)
    distance: Real = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
    return distance


@cache
def _rings(*borders: float) -> npt.NDArray[np.intp]:
    """Ring r of each coefficient, ``borders[r] <= rho / rho_max < borders[r + 1]``; the last is beyond."""
    return np.searchsorted(np.array(borders[1:]) * _RHO_MAX, _distance().ravel(), side="right")


def whole_sum(half: Real) -> float:
    """Sum over all 255 x 255 coefficients of something that a frequency shares with its opposite.

    All but the first column (horizontal frequency 0) of the half plane stand for two.
    """
    return float(2.0 * half.sum() - half[:, 0].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Discrete Fourier transform of the gray canvas, unnormalised."""

    coefficients: npt.NDArray[np.complex128]
    """(255, 128): all vertical frequencies in the transform's order, horizontal ones 0 .. 127."""
    power: Real
    """Squared absolute values, same shape."""

    def ring_energy(self, *borders: float) -> Real:
        """Energy of the rings between successive borders, shares of the largest distance, upper ends open."""
        weighted = 2.0 * self.power
        weighted[:, 0] = self.power[:, 0]
        sums = np.bincount(_rings(*borders), weights=weighted.ravel(), minlength=len(borders))
        return np.asarray(sums[: len(borders) - 1], dtype=np.float64)


def spectrum(image: Real) -> Spectrum:
    """Transform a float64 (255, 255) picture.

    Source: hc148 specification, section 2.12.
    """
    coefficients = fft.rfft2(image)
    return Spectrum(coefficients=coefficients, power=coefficients.real**2 + coefficients.imag**2)
