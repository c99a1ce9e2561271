"""Gaussian blur and Sobel differences in the order of summation that the edge maps depend on.

Pictures that stand side by side in a last axis, (rows, columns, pictures), are filtered each on its own:
neighbouring columns then lie ``pictures`` numbers apart, and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

import cv2
import numpy as np

from detector.features.arrays import Real
from detector.features.compiled import compiled

Border = Literal["reflect", "zero"]
"""Half-sample symmetric, or nothing."""
_BORDERS = {"reflect": cv2.BORDER_REFLECT, "zero": cv2.BORDER_CONSTANT}


def gaussian(image: Real, sigma: float, border: Border) -> Real:
    """Blur the first two axes with a Gaussian cut at ``trunc(4 sigma + 0.5)``, columns first, then rows.

    Each sum begins with the centre and takes the outermost pair next, as scipy's does: another order moves
    Canny pixels.

    Args:
        image: float64 (rows, columns[, pictures]), with more rows and columns than the cut.
        sigma: standard deviation in pixels.
        border: what lies outside.

    Source: hc148 specification, section 2.6.
    """
    half = _half_kernel(sigma)
    radius, flat = half.size - 1, image.reshape(image.shape[0], -1)
    step = flat.shape[1] // image.shape[1]
    bordered = cv2.copyMakeBorder(flat, radius, radius, radius * step, radius * step, _BORDERS[border])
    return _blur(radius)(np.asarray(bordered), step, half).reshape(image.shape)


@cache
def _half_kernel(sigma: float) -> Real:
    """The centre of the kernel and what follows on one side."""
    radius = int(4.0 * sigma + 0.5)
    x = np.arange(-radius, radius + 1)
    kernel = np.exp(-0.5 / (sigma * sigma) * x**2)
    half: Real = (kernel / kernel.sum())[radius:]
    half.setflags(write=False)
    return half


@cache
def _blur(radius: int) -> Callable[[Real, int, Real], Real]:
    """Both passes over a picture with its border, for kernels of one width: their sums stay in registers."""

    def blurred(bordered: Real, step: int, kernel: Real) -> Real:
        rows, margin = bordered.shape[0] - 2 * radius, radius * step
        passed, line = np.empty((rows, bordered.shape[1] - 2 * margin)), np.empty(bordered.shape[1])
        for row in range(rows):
            for column in range(line.size):
                y, x = np.uintp(row), np.uintp(column)
                total = bordered[y + np.uintp(radius), x] * kernel[0]
                for k in range(radius, 0, -1):
                    pair = bordered[y + np.uintp(radius - k), x] + bordered[y + np.uintp(radius + k), x]
                    total += pair * kernel[k]
                line[x] = total
            for column in range(passed.shape[1]):
                y, x = np.uintp(row), np.uintp(column)
                total = line[x + np.uintp(margin)] * kernel[0]
                for k in range(radius, 0, -1):
                    pair = line[x + np.uintp(margin - k * step)] + line[x + np.uintp(margin + k * step)]
                    total += pair * kernel[k]
                passed[y, x] = total
        return passed

    return compiled(blurred)


@compiled
def _mirror(line: Real, margin: int, step: int) -> None:
    """Fill the margins of a line with the mirror images of what lies next to them."""
    last = line.size - margin - step
    for away in range(0, margin, step):
        for picture in range(step):
            line[margin - step - away + picture] = line[margin + away + picture]
            line[last + step + away + picture] = line[last - away + picture]


def sobel(image: Real) -> tuple[Real, Real]:
    """Sobel differences (D_y, D_x) of the first two axes, gain 8 on a unit ramp, not normalised.

    The difference comes first, then ``2 centre + (left + right)`` across it: exactly symmetric surroundings
    give exact zeros, on which the direction codes of edge co-occurrence stand. Borders are half-sample
    symmetric.

    Args:
        image: float64 (rows, columns[, pictures]).

    Source: hc148 specification, section 2.7.
    """
    flat = np.ascontiguousarray(image).reshape(image.shape[0], -1)
    vertical, horizontal = _differences(flat, flat.shape[1] // image.shape[1])
    return vertical.reshape(image.shape), horizontal.reshape(image.shape)


@compiled
def _differences(image: Real, step: int) -> tuple[Real, Real]:
    rows, width = image.shape
    vertical, horizontal, across = np.empty_like(image), np.empty_like(image), np.empty_like(image)
    line = np.empty(width + 2 * step)
    for y in range(rows):
        line[step : step + width] = image[y]
        _mirror(line, step, step)
        _subtract(across[y], line[2 * step :], line)
        _subtract(line[step : step + width], image[min(y + 1, rows - 1)], image[max(y - 1, 0)])
        _mirror(line, step, step)
        _smooth(vertical[y], line, line[step:], line[2 * step :])
    for y in range(rows):
        _smooth(horizontal[y], across[max(y - 1, 0)], across[y], across[min(y + 1, rows - 1)])
    return vertical, horizontal


def sobel_length(image: Real) -> Real:
    """Length of the Sobel gradient of a float64 (rows, columns) picture, whose planes aren't kept."""
    return _lengths(np.ascontiguousarray(image))


@compiled
def _lengths(image: Real) -> Real:
    """Row by row, each once the differences across the row below it are at hand."""
    rows, width = image.shape
    lengths, line = np.empty_like(image), np.empty(width + 2)
    across, vertical, horizontal = np.empty((3, width)), np.empty(width), np.empty(width)
    for below in range(rows + 1):
        if below < rows:
            line[1 : 1 + width] = image[below]
            _mirror(line, 1, 1)
            _subtract(across[below % 3], line[2:], line)
        if below > 0:
            y, last = below - 1, rows - 1
            _subtract(line[1 : 1 + width], image[min(y + 1, last)], image[max(y - 1, 0)])
            _mirror(line, 1, 1)
            _smooth(vertical, line, line[1:], line[2:])
            _smooth(horizontal, across[max(y - 1, 0) % 3], across[y % 3], across[min(y + 1, last) % 3])
            for x in range(width):
                lengths[y, x] = np.sqrt(vertical[x] * vertical[x] + horizontal[x] * horizontal[x])
    return lengths


@compiled
def _subtract(difference: Real, ahead: Real, behind: Real) -> None:
    for x in range(difference.size):
        difference[x] = ahead[x] - behind[x]


@compiled
def _smooth(total: Real, before: Real, centre: Real, after: Real) -> None:
    for x in range(total.size):
        total[x] = 2.0 * centre[x] + (before[x] + after[x])
