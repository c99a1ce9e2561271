"""Canny's edge map in the variant of the schema: renormalised blur, interpolated suppression, hysteresis.

J. Canny, "A computational approach to edge detection", IEEE TPAMI 8 (1986), doi:10.1109/TPAMI.1986.4767851.
OpenCV's operator of that name works on integers with another suppression and gives other maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from detector.features.arrays import Indices, Mask, Real
from detector.features.compiled import compiled
from detector.features.operators.filters import gaussian, sobel
from detector.features.operators.planes import length

_EPS = 2.0**-52
_ONE = np.uintp(1)


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
    """All neighbours of each pixel are read and then chosen from: a loop without branches is faster."""
    rows, width = magnitude.shape
    kept = np.zeros(magnitude.shape, dtype=np.bool_)
    one, side = np.uintp(1), np.uintp(step)
    for row in range(1, rows - 1):
        for column in range(step, width - step):
            y, x = np.uintp(row), np.uintp(column)
            up, here, below = magnitude[y - one, x], magnitude[y, x], magnitude[y + one, x]
            left, right = magnitude[y, x - side], magnitude[y, x + side]
            up_left, up_right = magnitude[y - one, x - side], magnitude[y - one, x + side]
            below_left, below_right = magnitude[y + one, x - side], magnitude[y + one, x + side]
            falling = vertical[y, x] * horizontal[y, x] >= 0.0
            steep, flat = abs(vertical[y, x]), abs(horizontal[y, x])
            weight = min(steep, flat) / max(steep, flat)
            rest = 1.0 - weight
            plumb_ahead, plumb_behind = (below, up) if falling else (up, below)
            near_ahead, near_behind = (plumb_ahead, plumb_behind) if steep > flat else (right, left)
            far_ahead, far_behind = (below_right, up_left) if falling else (up_right, below_left)
            ahead, behind = far_ahead * weight + near_ahead * rest, far_behind * weight + near_behind * rest
            kept[y, x] = (here >= low) & (ahead <= here) & (behind <= here)
    return kept


def link(thinned: Mask, magnitude: Real, high: float) -> Mask:
    """Keep the 8-connected components that hold a pixel of magnitude ``high`` or more."""
    kept = thinned & (magnitude >= high)
    weak = thinned ^ kept
    _flood(kept.ravel(), weak.ravel(), np.flatnonzero(weak), magnitude[0].size, magnitude[0, 0].size)
    return kept


@compiled
def _flood(kept: Mask, weak: Mask, starts: Indices, below: int, beside: int) -> None:
    """Let ``kept`` grow into the weak pixels; the empty frame of both keeps the flood inside.

    Strong pixels are many and weak ones few, so that only these are gone through.

    Args:
        kept: bool, flat; the strong pixels, and afterwards all that are reached from them.
        weak: bool, flat; afterwards those that are not.
        starts: flat indices of the weak ones.
        below: from a pixel to that below it, in flat indices.
        beside: from a pixel to that at its right.
    """
    down, right = np.uintp(below), np.uintp(beside)
    ahead = (right, down - right, down, down + right)
    waiting = np.empty(starts.size + 8, dtype=np.uintp)
    for start in starts:
        reached = False
        for step in ahead:
            reached |= kept[np.uintp(start) - step] | kept[np.uintp(start) + step]
        waiting[0], count = np.uintp(start), np.uintp(reached & weak[start])
        weak[start] &= not reached
        while count > 0:
            count -= _ONE
            here = waiting[count]
            kept[here] = True
            for step in ahead:
                for there in (here - step, here + step):
                    # Written in any case, and counted where it holds: no branch that the picture decides.
                    waiting[count] = there
                    count += np.uintp(weak[there])
                    weak[there] = False


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
