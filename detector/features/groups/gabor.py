"""Gabor bank (18): energy in four frequencies and four orientations.

D. Gabor, "Theory of communication", J. IEE 93 (1946), doi:10.1049/ji-3-2.1946.0074.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from detector.features.arrays import Real
from detector.features.canvas import Canvas
from detector.features.operators.banded import bands, filter_columns, filter_rows

_FREQUENCIES = (0.1, 0.2, 0.3, 0.4)


@cache
def _bank(frequency: float, along: float) -> tuple[Real, Real]:
    """One axis of a kernel: the envelope, and the envelope times cosine and sine of the wave, as bands.

    Args:
        frequency: of the wave, cycles per pixel.
        along: share of the frequency that falls on this axis.
    """
    sigma = np.sqrt(np.log(2.0) / 2.0) * 3.0 / (np.pi * frequency)
    half = int(np.ceil(max(3.0 * sigma * along, 1.0)))
    x = np.arange(-half, half + 1, dtype=np.float64)
    envelope = np.exp(-(x * x) / (2.0 * sigma**2)) / (np.sqrt(2.0 * np.pi) * sigma)
    phase = 2.0 * np.pi * frequency * along * x
    wave = envelope * np.stack((np.cos(phase), np.sin(phase)))
    return bands(envelope[None]), bands(wave)


def _mean_modulus(real: Real, imaginary: Real) -> float:
    return float(np.sqrt(real * real + imaginary * imaginary).mean())


def _upright(gray: Real, frequency: float) -> tuple[float, float]:
    """Energies at 0 and 90 degrees: a wave along one axis, the envelope along the other."""
    envelope, wave = _bank(frequency, 1.0)
    level = filter_columns(filter_rows(gray, wave), envelope)[0]
    plumb = filter_columns(filter_rows(gray, envelope), wave)[:, 0]
    return _mean_modulus(*level), _mean_modulus(*plumb)


def _diagonal(gray: Real, frequency: float) -> tuple[float, float]:
    """Energies at 45 and 135 degrees from the same four products of waves along the two axes.

    ``cos(a + b) = cos a cos b - sin a sin b`` and ``sin(a + b) = sin a cos b + cos a sin b``.
    """
    _, wave = _bank(frequency, float(np.sqrt(0.5)))
    (cc, sc), (cs, ss) = filter_columns(filter_rows(gray, wave), wave)
    return _mean_modulus(cc - ss, sc + cs), _mean_modulus(cc + ss, sc - cs)


def gabor(canvas: Canvas) -> dict[str, float]:
    """Mean modulus of the complex response for f = 0.1, 0.2, 0.3, 0.4 and 0, 45, 90, 135 degrees.

    The square supports make every kernel a product of one-dimensional ones, and the symmetric axes share
    them. The kernels are not made zero-mean, so that the energies contain brightness: a flat picture has
    small values proportional to its level (kept; specification, section 5.17). Gray levels, 0 to about 1.

    Source: hc148 specification, sections 2.13 and 3.11.
    """
    values: dict[str, float] = {}
    for i, frequency in enumerate(_FREQUENCIES):
        level, plumb = _upright(canvas.gray, frequency)
        rising, falling = _diagonal(canvas.gray, frequency)
        for j, energy in enumerate((level, rising, plumb, falling)):
            values[f"gabor_f{i}_t{j}_energy"] = energy
    energies = np.array(list(values.values()))
    return values | {"gabor_mean_energy": float(energies.mean()), "gabor_std_energy": float(energies.std())}
