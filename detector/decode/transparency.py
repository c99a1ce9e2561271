"""Transparency: what shows through is white."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops

_WHITE = (255, 255, 255)
_OPAQUE = 255
_SAMPLE_BITS = 24
"""Where a PNG states the bits of one sample: in the header chunk, which comes first."""


def opacity(image: Image.Image, data: bytes) -> Image.Image | None:
    """How opaque each pixel is, mode L; None where all of them are.

    It comes from an alpha channel, from palette entries with alpha, or from a colour key (one colour or
    grey, named in ``image.info``, that is transparent).
    """
    if not image.has_transparency_data:
        return None
    found = _alpha(image) if image.mode in ("P", "PA", "LA", "La", "RGBA", "RGBa") else _by_key(image, data)
    return found if found is None or found.getextrema()[0] != _OPAQUE else None


def on_white(rgb: Image.Image, opaque: Image.Image | None) -> Image.Image:
    """Composite over white: ``c a + 255 (1 - a)``, rounded; RGB is changed in place."""
    if opaque is not None:
        rgb.paste(_WHITE, mask=ImageChops.invert(opaque))
    return rgb


def _alpha(image: Image.Image) -> Image.Image:
    return (image if image.mode in ("LA", "La", "PA", "RGBa") else image.convert("RGBA")).getchannel("A")


def _by_key(image: Image.Image, data: bytes) -> Image.Image | None:
    pixels, key = np.asarray(image), image.info["transparency"]
    if image.mode == "RGB" and isinstance(key, tuple):
        matches = np.all(pixels == [_as_stored(level, data) for level in key], axis=2)
    elif image.mode == "1":
        matches = pixels == bool(key)
    elif isinstance(key, int):
        matches = pixels == (_as_stored(key, data) if image.mode == "L" else key)
    else:
        return None
    return Image.fromarray(np.where(matches, 0, _OPAQUE).astype(np.uint8))


def _as_stored(level: int, data: bytes) -> int:
    """A PNG's key counts in its own bits, where Pillow has stretched or shortened the pixels to 8."""
    bits = data[_SAMPLE_BITS] if data.startswith(b"\x89PNG") else 8
    return level >> 8 if bits == 16 else level * _OPAQUE // ((1 << bits) - 1)
