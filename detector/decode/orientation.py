"""EXIF orientation: which way is up.

The directory is read here and not by Pillow, which would read all its other entries too.
"""

from __future__ import annotations

from PIL import Image, TiffImagePlugin

from detector.decode.headers import ifd

_TAG = 274
_EXIF_PREFIX = b"Exif\0\0"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def orientation(image: Image.Image, data: bytes) -> int:
    """The orientation that a file states, 1 to 8; 1 where it is absent or can't be read."""
    exif = data if isinstance(image, TiffImagePlugin.TiffImageFile) else image.info.get("exif", b"")
    stated = ifd.numbers(exif.removeprefix(_EXIF_PREFIX)).get(_TAG, 1)
    return stated if stated in _TURNS else 1


def upright(image: Image.Image, turn: int, *, loaded_from: Image.Image) -> Image.Image:
    """The picture with its top on top. Pillow has done it for a TIFF, while loading."""
    if turn == 1 or isinstance(loaded_from, TiffImagePlugin.TiffImageFile):
        return image
    return image.transpose(_TURNS[turn])
