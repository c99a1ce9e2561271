"""Cuts and scales a picture into the squares that a backbone takes. All in 8 bits, all deterministic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from detector.embedding.spec import View

Pixels = npt.NDArray[np.uint8]
"""(rows, columns, 3), 0 to 255."""

_RESAMPLING = {
    "bicubic": Image.Resampling.BICUBIC,
    "bilinear": Image.Resampling.BILINEAR,
    "lanczos": Image.Resampling.LANCZOS,
}
INTERPOLATIONS = tuple(_RESAMPLING)
"""Names, as timm's configurations use them, that ``squares`` takes."""


def squares(rgb: Pixels, views: Sequence[View], side: int, interpolation: str) -> Pixels:
    """The views of a picture.

    Args:
        rgb: uint8 (H, W, 3), any H and W of at least 1.
        views: which ones, in this order.
        side: rows and columns of each.
        interpolation: one of ``INTERPOLATIONS``.

    Returns:
        uint8 (len(views), side, side, 3).
    """
    resampling = _RESAMPLING[interpolation]
    return np.stack([_CUTS[view](rgb, side, resampling) for view in views])


def _whole(rgb: Pixels, side: int, resampling: Image.Resampling) -> Pixels:
    return _resized(rgb, side, side, resampling)


def _centre(rgb: Pixels, side: int, resampling: Image.Resampling) -> Pixels:
    """The middle square; a picture that is too small for one is enlarged until its shorter side fits."""
    height, width = rgb.shape[:2]
    if min(height, width) < side:
        scale = side / min(height, width)
        height, width = (max(side, round(scale * length)) for length in (height, width))
        rgb = _resized(rgb, height, width, resampling)
    top, left = (height - side) // 2, (width - side) // 2
    return rgb[top : top + side, left : left + side]


def _resized(rgb: Pixels, height: int, width: int, resampling: Image.Resampling) -> Pixels:
    """Antialiased; rows before columns in two calls, as Pillow chooses the order by its version."""
    image = Image.fromarray(np.ascontiguousarray(rgb))
    across = image.resize((width, rgb.shape[0]), resampling)
    return np.asarray(across.resize((width, height), resampling), dtype=np.uint8)


_CUTS: dict[View, Callable[[Pixels, int, Image.Resampling], Pixels]] = {
    View.WHOLE: _whole,
    View.CROP: _centre,
}
