"""Edge co-occurrence (8): how the directions of neighbouring edges are arranged."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Levels, Mask, Real
from detector.features.canvas import Canvas
from detector.features.operators.glcm import cooccurrence

_DIRECTIONS = 8


def _direction_codes(edges: Mask, vertical: Real, horizontal: Real) -> Levels:
    """Gradient direction in eighths of the circle at edge pixels, 0 elsewhere."""
    at = np.flatnonzero(edges)
    angle = np.arctan2(vertical.ravel()[at], horizontal.ravel()[at])
    codes = np.zeros(edges.shape, dtype=np.uint8)
    codes.ravel()[at] = ((angle + np.pi) / (2.0 * np.pi) * _DIRECTIONS).astype(np.uint8) % _DIRECTIONS
    return codes


def edge_cooccurrence(canvas: Canvas) -> dict[str, float]:
    """Co-occurrence of direction codes with the right and the lower neighbour: mean and spread over the two.

    Taken over the whole map, where pixels off the edges share code 0 with one direction, so that edge
    density dominates all eight values (kept; specification, section 5.2). Units: squared eighths for the
    contrast, else none. Without edges: 0, 0, 1, 0, 1, 0, 1, 0.

    Source: hc148 specification, section 3.13.
    """
    codes = _direction_codes(canvas.edges(), *canvas.sobel)
    pairs = [cooccurrence(codes, dy, dx, _DIRECTIONS) for dy, dx in ((0, 1), (1, 0))]
    values: dict[str, float] = {}
    for name in ("contrast", "homogeneity", "energy", "correlation"):
        both = np.array([getattr(pair, name) for pair in pairs])
        values[f"edge_cooc_{name}_mean"] = float(both.mean())
        values[f"edge_cooc_{name}_std"] = float(both.std())
    return values
