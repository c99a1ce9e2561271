"""Gabor bank (18): energy in four frequencies and four orientations.

D. Gabor, "Theory of communication", J. IEE 93 (1946), doi:10.1049/ji-3-2.1946.0074.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from detector.features.arrays import PIXELS, SIDE, Single
from detector.features.canvas import Canvas
from detector.features.compiled import compiled_sum
from detector.features.operators.planes import reflected

_FREQUENCIES = (0.1, 0.2, 0.3, 0.4)
_COLUMNS = 256
"""Columns that are worked at, one more than there are: processors take many at a time, by powers of two."""


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
    bordered = reflected(image, axis.half, _width(axis.half))
    constant = mean * axis.blur * axis.constant
    return _level_energy(axis.half)(bordered, axis.envelope, axis.cosine, axis.sine, constant)


def _diagonal(image: Single, mean: float, frequency: float) -> tuple[float, float]:
    """Energies at 45 and 135 degrees from the same four products of waves along the two axes.

    ``cos(a + b) = cos a cos b - sin a sin b`` and ``sin(a + b) = sin a cos b + cos a sin b``.
    """
    axis = _axis(frequency, float(np.sqrt(0.5)))
    bordered = reflected(image, axis.half, _width(axis.half))
    return _diagonal_energies(axis.half)(bordered, axis.cosine, axis.sine, mean * axis.constant**2)


def _width(half: int) -> int:
    """Columns of a bordered picture, filled up to whole vectors of 16 numbers."""
    return (_COLUMNS + 2 * half + 15) // 16 * 16


@cache
def _level_energy(half: int) -> Callable[[Single, Single, Single, Single, float], float]:
    """The mean modulus of one product of kernels, row by row, compiled for each half width.

    Pairs of samples equally far from the middle share their weights. What the compiler knows of the taps
    lets it keep sums in registers.
    """
    width, middle = _width(half), np.uintp(half)

    def energy(bordered: Single, envelope: Single, cosine: Single, sine: Single, constant: float) -> float:
        line = np.empty(width, dtype=np.float32)
        real, imaginary = np.empty(_COLUMNS, dtype=np.float32), np.empty(_COLUMNS, dtype=np.float32)
        level, total = np.float32(constant), 0.0
        for row in range(SIDE):
            y = np.uintp(row)
            for column in range(width):
                x = np.uintp(column)
                blurred = bordered[y + middle, x] * envelope[0]
                for k in range(1, half + 1):
                    above = bordered[y + np.uintp(half - k), x]
                    below = bordered[y + np.uintp(half + k), x]
                    blurred += (below + above) * envelope[k]
                line[x] = blurred
            for column in range(_COLUMNS):
                x = np.uintp(column)
                even, odd = line[x + middle] * cosine[0], np.float32(0.0)
                for k in range(1, half + 1):
                    before, after = line[x + np.uintp(half - k)], line[x + np.uintp(half + k)]
                    even += (after + before) * cosine[k]
                    odd += (after - before) * sine[k]
                real[x], imaginary[x] = even, odd
            total += _moduli(real, imaginary, level)
        return total / PIXELS

    return compiled_sum(energy)


@cache
def _diagonal_energies(half: int) -> Callable[[Single, Single, Single, float], tuple[float, float]]:
    """The mean moduli of the two sums of four products of kernels; see `_level_energy`."""
    width, middle = _width(half), np.uintp(half)

    def energies(bordered: Single, cosine: Single, sine: Single, constant: float) -> tuple[float, float]:
        lines = np.empty((2, width), dtype=np.float32)
        even, odd = np.empty((2, _COLUMNS), dtype=np.float32), np.empty((2, _COLUMNS), dtype=np.float32)
        real, imaginary = np.empty(_COLUMNS, dtype=np.float32), np.empty(_COLUMNS, dtype=np.float32)
        level, rising, falling = np.float32(constant), 0.0, 0.0
        for row in range(SIDE):
            y = np.uintp(row)
            for column in range(width):
                x = np.uintp(column)
                both, change = bordered[y + middle, x] * cosine[0], np.float32(0.0)
                for k in range(1, half + 1):
                    above = bordered[y + np.uintp(half - k), x]
                    below = bordered[y + np.uintp(half + k), x]
                    both += (below + above) * cosine[k]
                    change += (below - above) * sine[k]
                lines[0, x], lines[1, x] = both, change
            for part in range(2):
                line, evens, odds = lines[part], even[part], odd[part]
                for column in range(_COLUMNS):
                    x = np.uintp(column)
                    both, change = line[x + middle] * cosine[0], np.float32(0.0)
                    for k in range(1, half + 1):
                        before, after = line[x + np.uintp(half - k)], line[x + np.uintp(half + k)]
                        both += (after + before) * cosine[k]
                        change += (after - before) * sine[k]
                    evens[x], odds[x] = both, change
            for column in range(_COLUMNS):
                x = np.uintp(column)
                real[x], imaginary[x] = even[0, x] - odd[1, x], even[1, x] + odd[0, x]
            rising += _moduli(real, imaginary, level)
            for column in range(_COLUMNS):
                x = np.uintp(column)
                real[x], imaginary[x] = even[0, x] + odd[1, x], even[1, x] - odd[0, x]
            falling += _moduli(real, imaginary, level)
        return rising / PIXELS, falling / PIXELS

    return compiled_sum(energies)


@compiled_sum
def _moduli(real: Single, imaginary: Single, level: np.float32) -> float:
    """Sum of ``|real + level + i imaginary|`` over the columns of the picture."""
    total = np.float32(0.0)
    for x in range(_COLUMNS):
        lifted = real[x] + level
        modulus = np.sqrt(lifted * lifted + imaginary[x] * imaginary[x])
        total += modulus if x < SIDE else np.float32(0.0)
    return float(total)


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
