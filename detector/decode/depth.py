"""From the pixels as stored to 8 bits a channel, without transparency.

- 16 bits become their high byte. Pillow does so itself for colour; grey is done here, alike.
- 32-bit integers and floats say nothing of their full scale. It is taken as the smallest step of a ladder
  that holds the largest value: 1 (floats only), 255, 65 535, 2^31 - 1. Negative values and NaN are black,
  what is above the ladder (an infinite value puts the scale there) is white.
- A palette's index becomes its colour.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_FLOAT_SCALES = (1.0, 255.0, 65_535.0, float(2**31 - 1))
_WITHOUT_ALPHA = {
    "1": "L",
    "LA": "L",
    "La": "L",
    "P": "RGB",
    "PA": "RGB",
    "RGBA": "RGB",
    "RGBa": "RGB",
    "RGBX": "RGB",
}
_ROWS_AT_ONCE = 256
_STRAIGHT = {"La": "LA", "RGBa": "RGBA"}


def eight_bits(image: Image.Image) -> Image.Image:
    """The colours in one of L, RGB, CMYK, YCbCr and LAB."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        return Image.fromarray(_by_full_scale(np.asarray(image)))
    if image.mode in _STRAIGHT:
        image = image.convert(_STRAIGHT[image.mode])
    return image.convert(_WITHOUT_ALPHA[image.mode]) if image.mode in _WITHOUT_ALPHA else image


def _by_full_scale(values: npt.NDArray[np.number]) -> npt.NDArray[np.uint8]:
    """Integers keep their high bits, floats are rounded; a few rows at a time, to save memory."""
    scales = _FLOAT_SCALES[1:] if np.issubdtype(values.dtype, np.integer) else _FLOAT_SCALES
    largest = max(float(np.nanmax(rows, initial=0)) for rows in _blocks(values))
    full = next((scale for scale in scales if largest <= scale), scales[-1])
    rounded = np.floor if scales is not _FLOAT_SCALES else np.rint
    levels = np.empty(values.shape, dtype=np.uint8)
    for rows, place in zip(_blocks(values), _blocks(levels), strict=True):
        reals = np.nan_to_num(rows.astype(np.float64), nan=0.0, posinf=full, neginf=0.0)
        place[:] = rounded(np.clip(reals, 0, full) * 255 / full)
    return levels


def _blocks(rows: npt.NDArray[Any]) -> Iterator[npt.NDArray[Any]]:
    return (rows[top : top + _ROWS_AT_ONCE] for top in range(0, len(rows), _ROWS_AT_ONCE))
