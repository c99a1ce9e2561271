"""Gabor bank (18): energy in four frequencies and four orientations.

D. Gabor, "Theory of communication", J. IEE 93 (1946), doi:10.1049/ji-3-2.1946.0074.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from detector.features.arrays import Single
from detector.features.canvas import Canvas
from detector.features.operators.banded import band, filter_across, filter_down
from detector.features.operators.planes import mean_length, reflected

_FREQUENCIES = (0.1, 0.2, 0.3, 0.4)


class _Axis(NamedTuple):
    """One axis of a kernel as bands: the envelope, and its products with cosine and sine of the wave."""

    half: int
    """Half width in pixels."""
    envelope: Single
    cosine: Single
    sine: Single
    blur: float
    """Sum of the envelope; its response to a flat picture of level 1."""
    constant: float
    """Sum of envelope times cosine; that with the sine sums to 0."""


@cache
def _axis(frequency: float, along: float) -> _Axis:
    """Kernels for a wave of ``frequency`` cycles per pixel, the share ``along`` of it on this axis."""
    sigma = np.sqrt(np.log(2.0) / 2.0) * 3.0 / (np.pi * frequency)
    half = int(np.ceil(max(3.0 * sigma * along, 1.0)))
    x = np.arange(-half, half + 1, dtype=np.float64)
    envelope = np.exp(-(x * x) / (2.0 * sigma**2)) / (np.sqrt(2.0 * np.pi) * sigma)
    phase = 2.0 * np.pi * frequency * along * x
    cosine, sine = envelope * np.cos(phase), envelope * np.sin(phase)
    return _Axis(half, band(envelope), band(cosine), band(sine), float(envelope.sum()), float(cosine.sum()))


def _level(image: Single, mean: float, frequency: float) -> float:
    """Energy at 0 degrees: the envelope down the columns, the wave along the rows."""
    axis = _axis(frequency, 1.0)
    blurred = filter_down(reflected(image, axis.half), axis.envelope)
    real = filter_across(blurred, axis.cosine) + np.float32(mean * axis.blur * axis.constant)
    return mean_length(real, filter_across(blurred, axis.sine))


def _diagonal(image: Single, mean: float, frequency: float) -> tuple[float, float]:
    """Energies at 45 and 135 degrees from the same four products of waves along the two axes.

    ``cos(a + b) = cos a cos b - sin a sin b`` and ``sin(a + b) = sin a cos b + cos a sin b``.
    """
    axis = _axis(frequency, float(np.sqrt(0.5)))
    bordered = reflected(image, axis.half)
    cc, cs, sc, ss = (
        filter_across(half, wave)
        for half in (filter_down(bordered, axis.cosine), filter_down(bordered, axis.sine))
        for wave in (axis.cosine, axis.sine)
    )
    cc += np.float32(mean * axis.constant**2)
    return mean_length(cc - ss, sc + cs), mean_length(cc + ss, sc - cs)


def gabor(canvas: Canvas) -> dict[str, float]:
    """Mean modulus of the complex response for f = 0.1, 0.2, 0.3, 0.4 and 0, 45, 90, 135 degrees.

    The square supports make every kernel a product of one-dimensional ones, and the symmetric axes share
    them. The kernels are not made zero-mean, so that the energies contain brightness: a flat picture has
    small values proportional to its level (kept; specification, section 5.17). Single precision is enough
    for what varies; it would lose that small response to the mean, which is therefore added on its own.
    Gray levels, 0 to about 1.

    Source: hc148 specification, sections 2.13 and 3.11.
    """
    mean = float(canvas.gray.mean())
    image = (canvas.gray - mean).astype(np.float32)
    upright = np.ascontiguousarray(image.T)
    values: dict[str, float] = {}
    for i, frequency in enumerate(_FREQUENCIES):
        level, plumb = _level(image, mean, frequency), _level(upright, mean, frequency)
        rising, falling = _diagonal(image, mean, frequency)
        for j, energy in enumerate((level, rising, plumb, falling)):
            values[f"gabor_f{i}_t{j}_energy"] = energy
    energies = np.array(list(values.values()))
    return values | {"gabor_mean_energy": float(energies.mean()), "gabor_std_energy": float(energies.std())}
