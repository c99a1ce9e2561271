"""The Fourier transform of the canvas and the energy of its rings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from detector.features.arrays import SIDE, Levels, Real
from detector.features.compiled import compiled, compiled_sum

HALF = SIDE // 2 + 1
"""Frequencies across that are not negative."""
_RHO_MAX = float(np.sqrt((SIDE // 2) ** 2 + (SIDE // 2) ** 2))


def folded(weights: Real) -> Real:
    """Weights of a sum over the whole plane, for the same sum over the half that `Spectrum` holds.

    A real picture's coefficients at opposite frequencies are conjugate: what depends on their size is equal,
    and the kept one stands for both. Those of frequency 0 across are kept with their opposites.

    Args:
        weights: float64 (255, 255) by frequency down and across, 0 first.

    Returns:
        float64 (128, 255) by frequency across and down.
    """
    opposite = np.roll(weights[::-1, ::-1], 1, axis=(0, 1))
    half: Real = (weights + opposite).T[:HALF].copy()
    half[0] = weights[:, 0]
    half.setflags(write=False)
    return half


@cache
def _rings(*borders: float) -> Levels:
    """Ring r of each coefficient, ``borders[r] <= rho / rho_max < borders[r + 1]``; the last is beyond."""
    index = np.fft.fftfreq(SIDE, 1.0 / SIDE).round()
    rho = np.sqrt(index[:HALF, None] ** 2 + index**2)
    return np.searchsorted(np.array(borders[1:]) * _RHO_MAX, rho, side="right").astype(np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """Half of the discrete Fourier transform of the gray canvas, unnormalised; see `folded`.

    All are (128, 255) by frequency across and down, frequency 0 at index (0, 0).
    """

    real: Real
    imaginary: Real
    power: Real
    """Squared absolute values."""

    def ring_energy(self, *borders: float) -> Real:
        """Energy of the rings between successive borders, shares of the largest distance, upper ends open."""
        return _sums_by_ring(self.power, _rings(*borders), len(borders) - 1)


@compiled_sum
def _sums_by_ring(power: Real, ring: Levels, rings: int) -> Real:
    sums = np.zeros(rings)
    for wanted in range(rings):
        for across in range(HALF):
            total = 0.0
            for down in range(SIDE):
                total += power[across, down] if ring[across, down] == wanted else 0.0
            sums[wanted] += 2.0 * total if across else total
    return sums


@compiled
def _parts(coefficients: npt.NDArray[np.complex128]) -> tuple[Real, Real, Real]:
    """Real and imaginary part, and the sum of their squares."""
    real, imaginary, power = np.empty((HALF, SIDE)), np.empty((HALF, SIDE)), np.empty((HALF, SIDE))
    for across in range(HALF):
        for down in range(SIDE):
            value = coefficients[across, down]
            real[across, down], imaginary[across, down] = value.real, value.imag
            power[across, down] = value.real * value.real + value.imag * value.imag
    return real, imaginary, power


def spectrum(image: Real) -> Spectrum:
    """Transform a float64 (255, 255) picture.

    By numpy's complex transforms, rows first: those of real numbers round otherwise, and the phases of
    coefficients that are rounding noise, on flat pictures, then leave the original's.

    Source: hc148 specification, section 2.12.
    """
    across = np.ascontiguousarray(np.fft.fft(image)[:, :HALF].T)
    real, imaginary, power = _parts(np.fft.fft(across))
    return Spectrum(real=real, imaginary=imaginary, power=power)
