"""Gabor bank (18): energy in four frequencies and four orientations.

D. Gabor, "Theory of communication", J. IEE 93 (1946), doi:10.1049/ji-3-2.1946.0074.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from detector.features.arrays import PIXELS, SIDE, Single
from detector.features.canvas import Canvas
from detector.features.compiled import compiled_sum
from detector.features.operators.correlation import blur, wave
from detector.features.operators.planes import reflected

_FREQUENCIES = (0.1, 0.2, 0.3, 0.4)


class _Axis(NamedTuple):
    """One axis of a kernel: the envelope and its products with cosine and sine of the wave.

    The three are float32 (half + 1,), from the middle outwards; the sine's other half has the other sign.
    """

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
    x = np.arange(half + 1, dtype=np.float64)
    envelope = np.exp(-(x * x) / (2.0 * sigma**2)) / (np.sqrt(2.0 * np.pi) * sigma)
    phase = 2.0 * np.pi * frequency * along * x
    kernels = (envelope, envelope * np.cos(phase), envelope * np.sin(phase))
    single = [kernel.astype(np.float32) for kernel in kernels]
    blur, constant = (float(2.0 * kernel.sum() - kernel[0]) for kernel in kernels[:2])
    return _Axis(half, single[0], single[1], single[2], blur, constant)


def _level(image: Single, mean: float, frequency: float) -> float:
    """Energy at 0 degrees: the envelope down the columns, the wave along the rows."""
    axis = _axis(frequency, 1.0)
    bordered = reflected(image, axis.half)
    blurred = blur(axis.half, bordered.shape[1])(bordered.ravel(), axis.envelope)
    real, imaginary = wave(axis.half, 1)(blurred, axis.cosine, axis.sine)
    return _mean_modulus(real, imaginary, mean * axis.blur * axis.constant)


def _diagonal(image: Single, mean: float, frequency: float) -> tuple[float, float]:
    """Energies at 45 and 135 degrees from the same four products of waves along the two axes.

    ``cos(a + b) = cos a cos b - sin a sin b`` and ``sin(a + b) = sin a cos b + cos a sin b``.
    """
    axis = _axis(frequency, float(np.sqrt(0.5)))
    bordered, along = reflected(image, axis.half), wave(axis.half, 1)
    cosines, sines = wave(axis.half, bordered.shape[1])(bordered.ravel(), axis.cosine, axis.sine)
    cc, cs = along(cosines, axis.cosine, axis.sine)
    sc, ss = along(sines, axis.cosine, axis.sine)
    rising, falling = _mean_moduli(cc, cs, sc, ss, mean * axis.constant**2)
    return rising, falling


@compiled_sum
def _mean_modulus(real: Single, imaginary: Single, constant: float) -> float:
    """Mean of ``|real + constant + i imaginary|`` over a picture with a border between its rows."""
    width, level = (real.size - SIDE) // (SIDE - 1), np.float32(constant)
    total = 0.0
    for start in range(0, SIDE * width, width):
        row = np.float32(0.0)
        for place in range(start, start + SIDE):
            x = np.uintp(place)
            row += _modulus(real[x] + level, imaginary[x])
        total += float(row)
    return total / PIXELS


@compiled_sum
def _mean_moduli(cc: Single, cs: Single, sc: Single, ss: Single, constant: float) -> tuple[float, float]:
    """The same of ``cc - ss + i (sc + cs)`` and of ``cc + ss + i (sc - cs)``."""
    width, level = (cc.size - SIDE) // (SIDE - 1), np.float32(constant)
    rising, falling = 0.0, 0.0
    for start in range(0, SIDE * width, width):
        up, down = np.float32(0.0), np.float32(0.0)
        for place in range(start, start + SIDE):
            x = np.uintp(place)
            up += _modulus(cc[x] - ss[x] + level, sc[x] + cs[x])
            down += _modulus(cc[x] + ss[x] + level, sc[x] - cs[x])
        rising += float(up)
        falling += float(down)
    return rising / PIXELS, falling / PIXELS


@compiled_sum
def _modulus(real: np.float32, imaginary: np.float32) -> np.float32:
    modulus: np.float32 = np.sqrt(real * real + imaginary * imaginary)
    return modulus


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
