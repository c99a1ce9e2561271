"""Canny's edge map in the variant of the schema: renormalised blur, interpolated suppression, hysteresis.

J. Canny, "A computational approach to edge detection", IEEE TPAMI 8 (1986), doi:10.1109/TPAMI.1986.4767851.
OpenCV's operator of that name works on integers with another suppression and gives other maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from detector.features.arrays import Mask, Real
from detector.features.compiled import compiled
from detector.features.operators.filters import gaussian, sobel
from detector.features.operators.planes import length

_EPS = 2.0**-52


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Gradient of a blurred picture, or of several side by side."""

    vertical: Real
    """float64 (rows, columns[, pictures])."""
    horizontal: Real
    """float64 of the same shape."""
    magnitude: Real
    """Their Euclidean length."""


@cache
def _coverage(shape: tuple[int, ...], sigma: float) -> Real:
    """Share of the Gaussian that falls inside the frame, at each pixel."""
    weight = gaussian(np.ones(shape), sigma, "zero") + _EPS
    weight.setflags(write=False)
    return weight


def slope(image: Real, sigma: float) -> Slope:
    """Gradient after a blur that ignores what lies outside the frame.

    Args:
        image: float64 (rows, columns[, pictures]) in [0, 1].
        sigma: standard deviation of the blur, pixels.
    """
    vertical, horizontal = sobel(gaussian(image, sigma, "zero") / _coverage(image.shape, sigma))
    return Slope(vertical=vertical, horizontal=horizontal, magnitude=length(vertical, horizontal))


def thin(slope: Slope, low: float) -> Mask:
    """Pixels of magnitude ``low`` or more that no neighbour across the edge exceeds.

    The neighbours are interpolated between the two pixels that the gradient points between; plateaus
    survive. Pixels of the outermost frame are never kept. ``low`` is rounded to float32 first, as the
    original did (specification, section 5.18).

    Returns:
        bool of the slope's shape.
    """
    shape = slope.magnitude.shape
    flat = (shape[0], -1)
    vertical, horizontal, magnitude = (
        plane.reshape(flat) for plane in (slope.vertical, slope.horizontal, slope.magnitude)
    )
    kept = _ridges(vertical, horizontal, magnitude, magnitude.shape[1] // shape[1], float(np.float32(low)))
    return kept.reshape(shape)


@compiled
def _ridges(vertical: Real, horizontal: Real, magnitude: Real, step: int, low: float) -> Mask:
    rows, width = magnitude.shape
    kept = np.zeros(magnitude.shape, dtype=np.bool_)
    for y in range(1, rows - 1):
        for x in range(step, width - step):
            here = magnitude[y, x]
            if here < low:
                continue
            down, right = vertical[y, x], horizontal[y, x]
            falling = 1 if down * right >= 0.0 else -1
            steep, flat = abs(down), abs(right)
            near_y, near_x = (falling, 0) if steep > flat else (0, step)
            weight = min(steep, flat) / max(steep, flat)
            rest = 1.0 - weight
            ahead = magnitude[y + falling, x + step] * weight + magnitude[y + near_y, x + near_x] * rest
            behind = magnitude[y - falling, x - step] * weight + magnitude[y - near_y, x - near_x] * rest
            kept[y, x] = ahead <= here and behind <= here
    return kept


def link(thinned: Mask, magnitude: Real, high: float) -> Mask:
    """Keep the 8-connected components that hold a pixel of magnitude ``high`` or more."""
    shape = magnitude.shape
    flat = (shape[0], -1)
    linked = _grown(thinned.reshape(flat), magnitude.reshape(flat), magnitude[0].size // shape[1], high)
    return linked.reshape(shape)


@compiled
def _grown(thinned: Mask, magnitude: Real, step: int, high: float) -> Mask:
    """Flood from each strong pixel; the empty frame of ``thinned`` keeps the flood inside."""
    rows, width = thinned.shape
    kept = np.zeros(thinned.shape, dtype=np.bool_)
    waiting = np.empty((thinned.size, 2), dtype=np.int32)
    for strong_y in range(1, rows - 1):
        for strong_x in range(step, width - step):
            strong = thinned[strong_y, strong_x] and magnitude[strong_y, strong_x] >= high
            if not strong or kept[strong_y, strong_x]:
                continue
            kept[strong_y, strong_x] = True
            waiting[0] = strong_y, strong_x
            count = 1
            while count:
                count -= 1
                y, x = waiting[count]
                for next_y in range(y - 1, y + 2):
                    for next_x in range(x - step, x + step + 1, step):
                        if thinned[next_y, next_x] and not kept[next_y, next_x]:
                            kept[next_y, next_x] = True
                            waiting[count] = next_y, next_x
                            count += 1
    return kept


def canny(image: Real, sigma: float = 1.0, low: float = 0.1, high: float = 0.2) -> Mask:
    """Edge map of a picture, or of each of several side by side on its own.

    Args:
        image: float64 (rows, columns[, pictures]) in [0, 1].
        sigma: standard deviation of the blur, pixels.
        low: magnitude from which a pixel may belong to an edge (Sobel with gain 8).
        high: magnitude that an edge has to reach somewhere.

    Returns:
        bool of the same shape.

    Source: hc148 specification, section 2.8.
    """
    gradient = slope(image, sigma)
    return link(thin(gradient, low), gradient.magnitude, high)
