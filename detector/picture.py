"""A decoded picture: pixels and the facts of its file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFacts:
    """What the file said of itself before it became sRGB pixels."""

    format: str
    """Pillow's name of the container: JPEG, MPO, PNG, WEBP, GIF, BMP, TIFF or AVIF."""
    width: int
    """Columns after EXIF orientation."""
    height: int
    """Rows after EXIF orientation."""
    mode: str
    """Pillow's pixel mode as stored, before conversion (RGB, RGBA, P, CMYK, I;16 ...)."""
    frames: int
    """Frames that the container declares; only the first is decoded."""
    orientation: int
    """EXIF orientation, 1 to 8; 1 where absent or invalid."""
    has_alpha: bool
    """True where transparency was composited."""
    has_profile: bool
    """True where an ICC profile was converted to sRGB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Pixels as the detector sees them."""

    rgb: npt.NDArray[np.uint8]
    """(height, width, 3), C-contiguous, sRGB, 0 to 255."""
    facts: PictureFacts
