"""Local binary patterns: which points of a circle are at least as bright as its centre.

T. Ojala, M. Pietikäinen, T. Mäenpää, "Multiresolution gray-scale and rotation invariant texture
classification with local binary patterns", IEEE TPAMI 24 (2002), doi:10.1109/TPAMI.2002.1017623.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from detector.features.arrays import SIDE, Counts, Levels, Real
from detector.features.compiled import compiled

_MARGIN = 4
_WIDTH = 256
"""Columns that are worked at, one more than there are: processors take many at a time, by powers of two."""
_ONE, _CENTRE = np.uintp(1), np.uintp(_MARGIN)


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
    padded = np.zeros((SIDE + 2 * _MARGIN, _WIDTH + 2 * _MARGIN))
    padded[_MARGIN:-_MARGIN, _MARGIN : _MARGIN + SIDE] = gray8
    return np.ascontiguousarray(_codes(padded, *_circle(points, radius))[:, :SIDE])


@cache
def _circle(points: int, radius: int) -> tuple[npt.NDArray[np.intp], Real]:
    """Where the points lie, counter-clockwise from the right, their offsets rounded to five decimals.

    Returns:
        intp (points, 2 axes): the last pixel not after a point, counted from the margin's corner; and
        float64 (points, 2 axes, 256): the weight of the pixel after it at each place of an axis, which is a
        fraction of place plus offset: the sum rounds, to different last bits as the place grows.
    """
    angle = 2.0 * np.pi * np.arange(points) / points
    offset = np.round(radius * np.stack((-np.sin(angle), np.cos(angle)), axis=1), 5)
    place = np.arange(_WIDTH, dtype=np.float64) + offset[..., None]
    return np.floor(offset).astype(np.intp) + _MARGIN, place - np.floor(place)


@compiled
def _codes(padded: Real, first: Counts, weight: Real) -> Levels:
    """Row by row. Unsigned indices are never counted from the end, so that no inner loop asks for it."""
    points = len(first)
    codes = np.zeros((SIDE, _WIDTH), dtype=np.uint8)
    brighter, changes = np.empty((points, _WIDTH), dtype=np.uint8), np.empty(_WIDTH, dtype=np.uint8)
    # Between the columns, at the rows above and below each point; the lower one is the next one's upper one.
    beside = np.empty((2, points, _WIDTH))
    for line in range(SIDE + 1):
        lower, upper = np.uintp(line & 1), np.uintp(1 - (line & 1))
        for point in range(points):
            p, row, start = np.uintp(point), np.uintp(line + first[point, 0]), np.uintp(first[point, 1])
            for column in range(_WIDTH):
                x = np.uintp(column)
                left, right, share = padded[row, x + start], padded[row, x + start + _ONE], weight[p, _ONE, x]
                beside[lower, p, x] = left * (1.0 - share) + right * share
        if line == 0:
            continue
        y = np.uintp(line - 1)
        changes[:] = 0
        for point in range(points):
            p, share = np.uintp(point), weight[point, 0, y]
            for column in range(_WIDTH):
                x = np.uintp(column)
                level = beside[upper, p, x] * (1.0 - share) + beside[lower, p, x] * share
                brighter[p, x] = level >= padded[y + _CENTRE, x + _CENTRE]
        for point in range(points):
            p, previous = np.uintp(point), np.uintp(point - 1 if point else points - 1)
            for column in range(_WIDTH):
                x = np.uintp(column)
                codes[y, x] += brighter[p, x]
                changes[x] += brighter[p, x] ^ brighter[previous, x]
        for column in range(_WIDTH):
            x = np.uintp(column)
            codes[y, x] = points + 1 if changes[x] > 2 else codes[y, x]
    return codes
