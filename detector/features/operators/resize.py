"""The input rule: any picture becomes 255 x 255 by antialiased cubic convolution, aspect ratio ignored."""

from __future__ import annotations

import numpy as np
from PIL import Image

from detector.features.arrays import SIDE, Pixels


def to_canvas(rgb: Pixels) -> Pixels:
    """Resize to 255 x 255, rows first to 255 columns, then columns to 255 rows.

    Both passes round and clamp to 8 bits (cubic kernel with a = -0.5, weights in 22-bit fixed point).
    A picture that already measures 255 in one direction is not touched in that direction. Two calls,
    because Pillow 13 makes the vertical pass first where the height shrinks more, and so moves pixels by
    up to 13 levels; schema version 1 means horizontal first, always.

    Args:
        rgb: uint8 (H, W, 3), any H and W of at least 1.

    Returns:
        uint8 (255, 255, 3), C-contiguous.

    Source: hc148 specification, section 1.1.
    """
    height, width = rgb.shape[:2]
    if (height, width) == (SIDE, SIDE):
        return np.ascontiguousarray(rgb)
    image = Image.fromarray(np.ascontiguousarray(rgb))
    if width != SIDE:
        image = image.resize((SIDE, height), Image.Resampling.BICUBIC)
    if height != SIDE:
        image = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.uint8)
