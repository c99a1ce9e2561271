"""From Pillow's pixels, four bytes each, to three."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

_STRIP_BYTES = 2**16
"""Packed at once. A strip this small stays in the processor's cache and in memory that malloc reuses, which
is three times as fast as packing the whole picture."""


def strips(rgb: Image.Image) -> Iterator[bytes]:
    """The packed rows of an RGB picture from top to bottom, a few at a time."""
    rows = max(1, _STRIP_BYTES // (3 * rgb.width))
    for top in range(0, rgb.height, rows):
        yield rgb.crop((0, top, rgb.width, min(top + rows, rgb.height))).tobytes()


def packed(rgb: Image.Image) -> npt.NDArray[np.uint8]:
    """The pixels of an RGB picture, uint8 (height, width, 3)."""
    pixels = np.empty((rgb.height, rgb.width, 3), dtype=np.uint8)
    place, filled = pixels.data.cast("B"), 0
    for strip in strips(rgb):
        place[filled : filled + len(strip)] = strip
        filled += len(strip)
    return pixels
