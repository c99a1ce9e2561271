"""Canny's edge map in the variant of the schema: renormalised blur, interpolated suppression, hysteresis.

J. Canny, "A computational approach to edge detection", IEEE TPAMI 8 (1986), doi:10.1109/TPAMI.1986.4767851.
OpenCV's operator of that name works on integers with another suppression and gives other maps.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from detector.features.arrays import Mask, Real
from detector.features.operators.components import label
from detector.features.operators.filters import gaussian, sobel

_EPS = 2.0**-52


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Gradient of a blurred picture, or of a stack of them."""

    vertical: Real
    """float64 (..., rows, columns)."""
    horizontal: Real
    """float64 of the same shape."""
    magnitude: Real
    """Their Euclidean length."""


@cache
def _coverage(rows: int, columns: int, sigma: float) -> Real:
    """Share of the Gaussian that falls inside the frame, at each pixel."""
    weight = gaussian(np.ones((rows, columns)), sigma, "constant") + _EPS
    weight.setflags(write=False)
    return weight


def slope(image: Real, sigma: float) -> Slope:
    """Gradient after a blur that ignores what lies outside the frame.

    Args:
        image: float64 (..., rows, columns) in [0, 1].
        sigma: standard deviation of the blur, pixels.
    """
    smooth = gaussian(image, sigma, "constant") / _coverage(image.shape[-2], image.shape[-1], sigma)
    vertical, horizontal = sobel(smooth)
    magnitude = np.sqrt(vertical * vertical + horizontal * horizontal)
    return Slope(vertical=vertical, horizontal=horizontal, magnitude=magnitude)


def thin(slope: Slope, low: float) -> Mask:
    """Pixels of magnitude ``low`` or more that no neighbour across the edge exceeds.

    The neighbours are interpolated between the two pixels that the gradient points between; plateaus
    survive. Pixels of the outermost frame are never kept. ``low`` is rounded to float32 first, as the
    original did (specification, section 5.18).

    Returns:
        bool of the slope's shape.
    """
    magnitude = slope.magnitude
    columns = magnitude.shape[-1]
    candidate = magnitude >= float(np.float32(low))
    candidate[..., [0, -1], :] = False
    candidate[..., [0, -1]] = False
    at = np.flatnonzero(candidate)
    vertical, horizontal = slope.vertical.ravel()[at], slope.horizontal.ravel()[at]

    falling = np.where(vertical * horizontal >= 0.0, columns, -columns)
    steep, flat = np.abs(vertical), np.abs(horizontal)
    near = np.where(steep > flat, falling, 1)
    far = falling + 1
    weight = np.minimum(steep, flat) / np.maximum(steep, flat)
    rest = 1.0 - weight

    flat_magnitude = magnitude.ravel()
    here = flat_magnitude[at]
    ahead = flat_magnitude[at + far] * weight + flat_magnitude[at + near] * rest
    behind = flat_magnitude[at - far] * weight + flat_magnitude[at - near] * rest
    kept = np.zeros(magnitude.shape, dtype=np.bool_)
    kept.ravel()[at] = (ahead <= here) & (behind <= here)
    return kept


def link(thinned: Mask, magnitude: Real, high: float) -> Mask:
    """Keep the 8-connected components that hold a pixel of magnitude ``high`` or more.

    A stack is linked picture by picture: the empty frames keep its members apart.
    """
    tall = thinned.reshape(-1, thinned.shape[-1])
    count, labels = label(tall, 8)
    strong = np.zeros(count, dtype=np.bool_)
    reaching = np.flatnonzero(tall & (magnitude.reshape(tall.shape) >= high))
    strong[labels.ravel()[reaching]] = True
    return strong[labels].reshape(thinned.shape)


def canny(image: Real, sigma: float = 1.0, low: float = 0.1, high: float = 0.2) -> Mask:
    """Edge map of a picture, or of each picture of a stack on its own.

    Args:
        image: float64 (..., rows, columns) in [0, 1].
        sigma: standard deviation of the blur, pixels.
        low: magnitude from which a pixel may belong to an edge (Sobel with gain 8).
        high: magnitude that an edge has to reach somewhere.

    Returns:
        bool of the same shape.

    Source: hc148 specification, section 2.8.
    """
    gradient = slope(image, sigma)
    return link(thin(gradient, low), gradient.magnitude, high)
