"""Stroke edge roughness (4): traces of bristles along brush strokes."""

from __future__ import annotations

import cv2
import numpy as np

from detector.features.arrays import EPS0, Mask
from detector.features.canvas import Canvas
from detector.features.operators.components import areas
from detector.features.operators.ranks import percentiles

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], dtype=np.uint8)
_NAMES = (
    "stroke_edge_roughness",
    "stroke_edge_length_var",
    "stroke_edge_curvature_mean",
    "stroke_edge_curvature_std",
)
_COMPONENTS = 49


def _dilated(mask: Mask, times: int) -> Mask:
    """Grow by the 4-neighbour cross; what lies outside is false."""
    grown = cv2.dilate(mask.view(np.uint8), _CROSS, iterations=times)
    return np.asarray(grown, dtype=np.uint8).view(np.bool_)


def _length_variance(strokes: Mask) -> float:
    """Variance of the areas of the first 49 components, those of over 3 pixels.

    Areas, not lengths, and only the first in raster order, which favours the upper part of the picture
    (kept; specification, section 5.14).
    """
    sizes = areas(_dilated(strokes, 1), 4)[:_COMPONENTS]
    sizes = sizes[sizes > 3]
    return float(sizes.var()) if sizes.size >= 2 else 0.0


def _curvature(strokes: Mask) -> tuple[float, float]:
    """Mean and deviation of the turn between successive pixels in raster order, radian.

    Raster order is not the contour: this mostly measures gaps between edge pixels of one row (kept;
    specification, section 5.13).
    """
    y, x = np.divmod(np.flatnonzero(strokes), strokes.shape[1])
    if y.size <= 10:
        return 0.0, 0.0
    turn = np.abs(np.diff(np.arctan2(np.diff(y), np.diff(x))))
    turn = np.minimum(turn, 2.0 * np.pi - turn)
    return float(turn.mean()), float(turn.std())


def stroke(canvas: Canvas) -> dict[str, float]:
    """Edges among the neighbourhood of the strongest gradients: share, spread of component sizes, turning.

    All 0 where there are fewer than 20 edge pixels (Canny, sigma 1.5) or at most 5 near strong gradients.
    Units: share in [0, 1]; squared pixels; radian.

    Source: hc148 specification, section 3.16.
    """
    nothing = dict.fromkeys(_NAMES, 0.0)
    edges = canvas.edges(sigma=1.5)
    if np.count_nonzero(edges) < 20:
        return nothing
    strong = canvas.steepness > percentiles(canvas.steepness, 80)[0]
    wide = _dilated(strong, 2)
    strokes = edges & wide
    count = np.count_nonzero(strokes)
    if count <= 5:
        return nothing
    share = float(count / (np.count_nonzero(wide) + EPS0))
    return dict(zip(_NAMES, (share, _length_variance(strokes), *_curvature(strokes)), strict=True))
