"""Local binary patterns: which points of a circle are at least as bright as its centre.

T. Ojala, M. Pietikäinen, T. Mäenpää, "Multiresolution gray-scale and rotation invariant texture
classification with local binary patterns", IEEE TPAMI 24 (2002), doi:10.1109/TPAMI.2002.1017623.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from detector.features.arrays import SIDE, Levels, Real

_MARGIN = 4
_Index = npt.NDArray[np.intp]


@cache
def _circle(points: int, radius: int) -> tuple[tuple[float, float], ...]:
    """(dy, dx) of the points, counter-clockwise from the right, rounded to five decimals."""
    angles = 2.0 * np.pi * np.arange(points) / points
    rows = np.round(-radius * np.sin(angles), 5)
    columns = np.round(radius * np.cos(angles), 5)
    return tuple(zip(rows.tolist(), columns.tolist(), strict=True))


@cache
def _steps(offset: float) -> tuple[slice, slice, Real, Real]:
    """Neighbours below and above ``position + offset`` as slices of the padded axis, and their weights.

    The weight is the fraction of the rounded sum, hence of each position its own.
    """
    place = np.arange(SIDE) + offset
    fraction = place - np.floor(place)
    low = _MARGIN + int(np.floor(offset))
    high = _MARGIN + int(np.ceil(offset))
    return slice(low, low + SIDE), slice(high, high + SIDE), 1.0 - fraction, fraction


def _brighter(padded: Real, centre: Real, points: int, radius: int) -> npt.NDArray[np.uint32]:
    """Bit p of each pixel: the bilinear value at point p is not below the centre."""
    across: dict[float, Real] = {}
    word = np.zeros(centre.shape, dtype=np.uint32)
    for p, (dy, dx) in enumerate(_circle(points, radius)):
        if dx not in across:
            left, right, keep, take = _steps(dx)
            across[dx] = (
                padded[:, left] if left == right else keep * padded[:, left] + take * padded[:, right]
            )
        upper, lower, keep, take = _steps(dy)
        rows = across[dx]
        value = rows[upper] if upper == lower else keep[:, None] * rows[upper] + take[:, None] * rows[lower]
        word |= (value >= centre).astype(np.uint32) << np.uint32(p)
    return word


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
    centre = gray8.astype(np.float64)
    word = _brighter(np.pad(centre, _MARGIN), centre, points, radius)
    turned = (word >> np.uint32(1)) | ((word & np.uint32(1)) << np.uint32(points - 1))
    uniform = np.bitwise_count(word ^ turned) <= 2
    codes: Levels = np.where(uniform, np.bitwise_count(word), np.uint8(points + 1))
    return codes
