"""Local binary patterns: which points of a circle are at least as bright as its centre.

T. Ojala, M. Pietikäinen, T. Mäenpää, "Multiresolution gray-scale and rotation invariant texture
classification with local binary patterns", IEEE TPAMI 24 (2002), doi:10.1109/TPAMI.2002.1017623.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from detector.features.arrays import SIDE, Levels, Real
from detector.features.operators.planes import transposed

_MARGIN = 4


class _Run(NamedTuple):
    """Neighbouring places along an axis whose point lies equally far between its two neighbours."""

    places: slice
    low: slice
    high: slice
    keep: float
    take: float


@cache
def _circle(points: int, radius: int) -> tuple[tuple[float, float], ...]:
    """(dy, dx) of the points, counter-clockwise from the right, rounded to five decimals."""
    angles = 2.0 * np.pi * np.arange(points) / points
    rows = np.round(-radius * np.sin(angles), 5)
    columns = np.round(radius * np.cos(angles), 5)
    return tuple(zip(rows.tolist(), columns.tolist(), strict=True))


@cache
def _runs(offset: float) -> tuple[_Run, ...]:
    """All places of an axis of the canvas; the weights of a point are fractions of place plus offset.

    The sum rounds, to different last bits as the place grows; equal weights lie side by side.
    """
    sums = np.arange(SIDE) + offset
    take = sums - np.floor(sums)
    low, high = (_MARGIN + int(end) for end in (np.floor(offset), np.ceil(offset)))
    ends = [0, *(np.flatnonzero(np.diff(take)) + 1).tolist(), SIDE]
    return tuple(
        _Run(slice(a, b), slice(a + low, b + low), slice(a + high, b + high), 1.0 - take[a], take[a])
        for a, b in pairwise(ends)
    )


def _between(padded: Real, offset: float) -> Real:
    """Linear interpolation at ``offset`` along the first axis, which has the margin; float64 (255, ...)."""
    value, other = np.empty((2, SIDE, padded.shape[1]))
    for run in _runs(offset):
        np.multiply(padded[run.low], run.keep, out=value[run.places])
        np.multiply(padded[run.high], run.take, out=other[run.places])
    value += other
    return value


def _brighter(gray8: Levels, points: int, radius: int) -> Levels:
    """1 where the bilinear value at a point is not below the centre, uint8 (points, 255, 255)."""
    padded8 = np.pad(gray8, _MARGIN)
    upright, centre = padded8.T.astype(np.float64, order="C"), gray8.astype(np.float64)
    columns: dict[float, Real] = {}
    brighter = np.empty((points, SIDE, SIDE), dtype=np.bool_)
    for found, (dy, dx) in zip(brighter, _circle(points, radius), strict=True):
        if dy.is_integer() and dx.is_integer():
            pixel = padded8[_runs(dy)[0].low, _runs(dx)[0].low]
            np.greater_equal(pixel, gray8, out=found)
            continue
        if dx not in columns:
            columns[dx] = transposed(_between(upright, dx))
        np.greater_equal(_between(columns[dx], dy), centre, out=found)
    return brighter.view(np.uint8)


def lbp(gray8: Levels, points: int, radius: int) -> Levels:
    """Rotation-invariant uniform codes 0 .. points + 1.

    The code is the number of brighter points if the circle changes at most twice between brighter and
    darker, else ``points + 1``. Pixels outside the picture are 0, and the comparison has no tolerance: a
    bilinear value one rounding below an equal centre counts as darker.

    Args:
        gray8: uint8 (255, 255).
        points: samples on the circle.
        radius: pixels, at most 4.

    Returns:
        uint8 (255, 255).

    Source: hc148 specification, section 2.9.
    """
    brighter = _brighter(gray8, points, radius)
    changes = brighter[0] ^ brighter[-1]
    for one, next_one in pairwise(brighter):
        changes += one ^ next_one
    codes: Levels = np.where(changes <= 2, brighter.sum(axis=0, dtype=np.uint8), np.uint8(points + 1))
    return codes
