"""Colour-gradient curvature (4): subtractive against additive blending."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Indices, Mask, Real
from detector.features.canvas import Canvas
from detector.features.operators.filters import sobel_length
from detector.features.operators.planes import length
from detector.features.operators.ranks import percentiles

_ROW_STEP = 8
_FEWEST_PIXELS = 100
_FEWEST_IN_ROW = 10
_NAMES = (
    "color_grad_curvature_mean",
    "color_grad_curvature_std",
    "blend_saturation_dip",
    "blend_lightness_dip",
)


def _moderate(a: Real, b: Real) -> Mask:
    """Pixels whose chroma gradient lies strictly between its 30th and 70th percentile."""
    strength = sobel_length(a)
    strength += sobel_length(b)
    low, high = percentiles(strength, 30, 70)
    moderate: Mask = (strength > low) & (strength < high)
    return moderate


def _paths(mask: Mask) -> tuple[Indices, Indices]:
    """Pixels of the paths in raster order as flat index, and where the path of each row begins among them.

    Every eighth row has a path; rows of fewer than 10 pixels are left out.
    """
    rows = np.arange(0, mask.shape[0], _ROW_STEP)
    chosen = mask[rows]
    counts = np.count_nonzero(chosen, axis=1)
    long = counts >= _FEWEST_IN_ROW
    y, x = np.nonzero(chosen[long])
    return rows[long][y] * mask.shape[1] + x, np.cumsum(counts[long]) - counts[long]


def _curvatures(path: Real, first: Indices, last: Indices) -> Real:
    """Mean distance of each path from the straight line between its ends, for paths (3, points) in Lab."""
    lengths = last - first + 1
    share = (np.arange(path.shape[1]) - first.repeat(lengths)) / (lengths - 1).repeat(lengths)
    chord = path[:, last] - path[:, first]
    away = path - (path[:, first].repeat(lengths, axis=1) + share * chord.repeat(lengths, axis=1))
    distances: Real = np.add.reduceat(np.sqrt((away * away).sum(axis=0)), first)
    return distances / lengths


def _dip(along: Real, first: Indices, last: Indices) -> float:
    """Mean over paths of the smallest value over the mean of the ends, where that mean is above 1."""
    ends = (along[first] + along[last]) / 2.0
    dips = (np.minimum.reduceat(along, first) / ends)[ends > 1.0]
    return float(dips.mean()) if dips.size else 0.0


def colour_gradient(canvas: Canvas) -> dict[str, float]:
    """Bend of colour paths in CIE Lab along every eighth row, and their dips in chroma and lightness.

    A path joins the pixels of moderate chroma gradient of a row, also where they are not neighbours (kept;
    specification, section 5.15); rows with fewer than 10 are left out. All 0 with fewer than 100 such
    pixels. Units: Lab distance; the dips are ratios in [0, 1].

    Source: hc148 specification, section 3.17.
    """
    lightness, a, b = canvas.lab
    moderate = _moderate(a, b)
    at, first = _paths(moderate)
    if np.count_nonzero(moderate) < _FEWEST_PIXELS or not first.size:
        return dict.fromkeys(_NAMES, 0.0)
    last = np.append(first[1:], at.size) - 1
    path = np.stack([plane.ravel()[at] for plane in (lightness, a, b)])
    curvature = _curvatures(path, first, last)
    dips = (_dip(along, first, last) for along in (length(path[1], path[2]), path[0]))
    return dict(zip(_NAMES, (float(curvature.mean()), float(curvature.std()), *dips), strict=True))
