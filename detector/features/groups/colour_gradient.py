"""Colour-gradient curvature (4): subtractive against additive blending."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Mask, Real
from detector.features.canvas import Canvas
from detector.features.operators.filters import sobel

_ROW_STEP = 8
_FEWEST_PIXELS = 100
_FEWEST_IN_ROW = 10


def _moderate(a: Real, b: Real) -> Mask:
    """Pixels whose chroma gradient lies strictly between its 30th and 70th percentile."""
    strength = np.zeros_like(a)
    for plane in (a, b):
        vertical, horizontal = sobel(plane)
        strength += np.sqrt(vertical * vertical + horizontal * horizontal)
    low, high = np.percentile(strength, (30, 70))
    moderate: Mask = (strength > low) & (strength < high)
    return moderate


def _curvature(path: Real) -> float:
    """Mean distance of a path (points, 3) in Lab from the straight line between its ends."""
    share = np.arange(len(path)) / (len(path) - 1)
    straight = path[0] + share[:, None] * (path[-1] - path[0])
    return float(np.sqrt(((path - straight) ** 2).sum(axis=1)).mean())


def _dip(along: Real) -> float | None:
    """Smallest value along a path over the mean of its ends; nothing where that mean is at most 1."""
    ends = (along[0] + along[-1]) / 2.0
    return float(along.min() / ends) if ends > 1.0 else None


def _mean(numbers: list[float]) -> float:
    return float(np.mean(numbers)) if numbers else 0.0


def colour_gradient(canvas: Canvas) -> dict[str, float]:
    """Bend of colour paths in CIE Lab along every eighth row, and their dips in chroma and lightness.

    A path joins the pixels of moderate chroma gradient of a row, also where they are not neighbours (kept;
    specification, section 5.15); rows with fewer than 10 are left out. All 0 with fewer than 100 such
    pixels. Units: Lab distance; the dips are ratios in [0, 1].

    Source: hc148 specification, section 3.17.
    """
    lightness, a, b = canvas.lab
    moderate = _moderate(a, b)
    curvatures: list[float] = []
    dips: dict[str, list[float]] = {"saturation": [], "lightness": []}
    if np.count_nonzero(moderate) >= _FEWEST_PIXELS:
        for y in range(0, moderate.shape[0], _ROW_STEP):
            columns = np.flatnonzero(moderate[y])
            if columns.size < _FEWEST_IN_ROW:
                continue
            path = np.stack([plane[y, columns] for plane in (lightness, a, b)], axis=1)
            curvatures.append(_curvature(path))
            chroma = np.sqrt(path[:, 1] ** 2 + path[:, 2] ** 2)
            for kind, along in (("saturation", chroma), ("lightness", path[:, 0])):
                dip = _dip(along)
                dips[kind] += [] if dip is None else [dip]
    return {
        "color_grad_curvature_mean": _mean(curvatures),
        "color_grad_curvature_std": float(np.std(curvatures)) if curvatures else 0.0,
        "blend_saturation_dip": _mean(dips["saturation"]),
        "blend_lightness_dip": _mean(dips["lightness"]),
    }
