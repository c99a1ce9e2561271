"""Local binary patterns: which points of a circle are at least as bright as its centre.

T. Ojala, M. Pietikäinen, T. Mäenpää, "Multiresolution gray-scale and rotation invariant texture
classification with local binary patterns", IEEE TPAMI 24 (2002), doi:10.1109/TPAMI.2002.1017623.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from detector.features.arrays import SIDE, Indices, Levels, Real
from detector.features.compiled import compiled

_MARGIN = 4
_WIDTH = 256
"""Columns that are worked at, one more than there are: processors take many at a time, by powers of two."""
_ONE, _CENTRE = np.uintp(1), np.uintp(_MARGIN)
_KEPT = np.uintp(15)
"""One less than the rows that are kept, a power of two above those that a circle spans."""


def lbp(gray8: Levels, points: int, radius: int) -> Levels:
    """Rotation-invariant uniform codes 0 .. points + 1.

    The code is the number of brighter points if the circle changes at most twice between brighter and
    darker, else ``points + 1``. Pixels outside the picture are 0, and the comparison has no tolerance: a
    bilinear value one rounding below an equal centre counts as darker.

    Args:
        gray8: uint8 (255, 255).
        points: samples on the circle.
        radius: pixels, below 4.

    Returns:
        uint8 (255, 255).

    Source: hc148 specification, section 2.9.
    """
    padded = np.zeros((SIDE + 2 * _MARGIN, _WIDTH + 2 * _MARGIN))
    padded[_MARGIN:-_MARGIN, _MARGIN : _MARGIN + SIDE] = gray8
    return np.ascontiguousarray(_codes(padded, *_circle(points, radius))[:, :SIDE])


class _Shifts(NamedTuple):
    """Offsets along one axis, as the last pixel not after each and the weight of the pixel after it."""

    first: Indices
    """intp (shifts,), counted from the margin's corner."""
    weight: Real
    """float64 (shifts, 256), at each place of the axis: a fraction of place plus offset, whose sum rounds to
    different last bits as the place grows."""


def _shifts(offset: Real) -> _Shifts:
    place = np.arange(_WIDTH, dtype=np.float64) + offset[:, None]
    return _Shifts(np.floor(offset).astype(np.intp) + _MARGIN, place - np.floor(place))


@cache
def _circle(points: int, radius: int) -> tuple[_Shifts, _Shifts, Indices]:
    """Where the points lie, counter-clockwise from the right, their offsets rounded to five decimals.

    Returns:
        The points' shifts down; the shifts to the right that occur, which points above each other share; and
        which of them each point has.
    """
    angle = 2.0 * np.pi * np.arange(points) / points
    across, shared = np.unique(np.round(radius * np.cos(angle), 5), return_inverse=True)
    return _shifts(np.round(-radius * np.sin(angle), 5)), _shifts(across), shared.astype(np.intp)


@compiled
def _codes(padded: Real, down: _Shifts, right: _Shifts, shared: Indices) -> Levels:
    """Row by row. Unsigned indices are never counted from the end, so that no inner loop asks for it."""
    points = len(shared)
    codes = np.zeros((SIDE, _WIDTH), dtype=np.uint8)
    brighter, changes = np.empty((points, _WIDTH), dtype=np.uint8), np.empty(_WIDTH, dtype=np.uint8)
    # The last rows, each between its columns: a point lies between two of them.
    between = np.empty((_KEPT + 1, len(right.first), _WIDTH))
    for row in range(len(padded)):
        for shift in range(len(right.first)):
            s, start = np.uintp(shift), np.uintp(right.first[shift])
            for column in range(_WIDTH):
                x = np.uintp(column)
                before, after = padded[row, x + start], padded[row, x + start + _ONE]
                share = right.weight[s, x]
                between[np.uintp(row) & _KEPT, s, x] = before * (1.0 - share) + after * share
        if row < 2 * _MARGIN:
            continue
        y = np.uintp(row - 2 * _MARGIN)
        for point in range(points):
            p, s, share = np.uintp(point), np.uintp(shared[point]), down.weight[point, y]
            upper = y + np.uintp(down.first[point])
            for column in range(_WIDTH):
                x = np.uintp(column)
                above, below = between[upper & _KEPT, s, x], between[(upper + _ONE) & _KEPT, s, x]
                brighter[p, x] = above * (1.0 - share) + below * share >= padded[y + _CENTRE, x + _CENTRE]
        changes[:] = 0
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
