"""From the pixels as stored to 8 bits a channel, without transparency.

- 16 bits become their high byte. Pillow does so itself for colour; grey is done here, alike.
- 32-bit integers and floats say nothing of their full scale. It is taken as the smallest step of a ladder
  that holds the largest value: 1 (floats only), 255, 65 535, 2^31 - 1. Negative values and NaN are black,
  what is above the ladder is white.
- A palette's index becomes its colour.
"""

from __future__ import annotations

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
    """Integers keep their high bits, floats are rounded."""
    whole = np.issubdtype(values.dtype, np.integer)
    reals = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=_FLOAT_SCALES[-1], neginf=0.0)
    scales = _FLOAT_SCALES[1:] if whole else _FLOAT_SCALES
    full = next((scale for scale in scales if reals.max() <= scale), scales[-1])
    levels = np.clip(reals, 0, full) * (255 / full)
    return (np.floor(levels + 1e-9) if whole else np.rint(levels)).astype(np.uint8)
