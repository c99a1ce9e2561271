"""The Fourier transform of the canvas and the energy of its rings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from detector.features.arrays import SIDE, Levels, Real
from detector.features.compiled import compiled_sum

_RHO_MAX = float(np.sqrt((SIDE // 2) ** 2 + (SIDE // 2) ** 2))


@cache
def _rings(*borders: float) -> Levels:
    """Ring r of each coefficient, ``borders[r] <= rho / rho_max < borders[r + 1]``; the last is beyond."""
    index = np.fft.fftfreq(SIDE, 1.0 / SIDE).round()
    rho = np.sqrt(index[None, :] ** 2 + index[:, None] ** 2)
    return np.searchsorted(np.array(borders[1:]) * _RHO_MAX, rho.ravel(), side="right").astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Discrete Fourier transform of the gray canvas, unnormalised, frequency 0 at index (0, 0)."""

    coefficients: npt.NDArray[np.complex128]
    """(255, 255)."""
    power: Real
    """Squared absolute values, same shape."""

    def ring_energy(self, *borders: float) -> Real:
        """Energy of the rings between successive borders, shares of the largest distance, upper ends open."""
        return _sums_by_ring(self.power.ravel(), _rings(*borders), len(borders) - 1)


@compiled_sum
def _sums_by_ring(power: Real, ring: Levels, rings: int) -> Real:
    sums = np.zeros(rings)
    for wanted in range(rings):
        total = 0.0
        for i in range(power.size):
            total += power[i] if ring[i] == wanted else 0.0
        sums[wanted] = total
    return sums


def spectrum(image: Real) -> Spectrum:
    """Transform a float64 (255, 255) picture.

    The whole plane by numpy's complex transform: a half plane would do, but the phase of coefficients that
    are rounding noise, on flat pictures and ramps, then leaves the original's.

    Source: hc148 specification, section 2.12.
    """
    coefficients = np.fft.fft2(image)
    return Spectrum(coefficients=coefficients, power=coefficients.real**2 + coefficients.imag**2)
