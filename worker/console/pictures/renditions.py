"""Pixels as files for browsers: nothing of the uploaded file's bytes is left in them, metadata least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from worker.console.pictures.subject import Variant

Pixels = npt.NDArray[np.uint8]

_FIT, _THUMB, _BLURRED = 1_600, 320, 20
_LOSSLESS = 16_000_000
"""Pixels up to which the full size is a PNG file; beyond it, where one would have dozens of megabytes, a JPEG
file of the highest quality, without subsampling."""
_LONGEST_SIDE = 65_500
"""Of a JPEG file."""
_JPEG = {Variant.FIT: 92, Variant.THUMB: 85, Variant.BLURRED: 70, Variant.FULL: 97}
_FAST = 1
"""Effort of packing a PNG file, of 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A file for a browser."""

    media_type: str
    data: bytes


def small(rgb: Pixels) -> Mapping[Variant, Rendition]:
    """The forms that fit a screen, of pixels (height, width, 3), sRGB: one decode serves all of them."""
    fit = _within(rgb, _FIT)
    thumb = _within(fit, _THUMB)
    blurred = _resized(_within(thumb, _BLURRED), thumb.shape[1], thumb.shape[0], cv2.INTER_CUBIC)
    forms = {Variant.FIT: fit, Variant.THUMB: thumb, Variant.BLURRED: blurred}
    return {variant: _jpeg(pixels, variant) for variant, pixels in forms.items()}


def full(rgb: Pixels) -> Rendition:
    """Every pixel where it was, of pixels (height, width, 3), sRGB."""
    if rgb.shape[0] * rgb.shape[1] > _LOSSLESS:
        return _jpeg(_within(rgb, _LONGEST_SIDE), Variant.FULL)
    data = _encoded(".png", rgb, [cv2.IMWRITE_PNG_COMPRESSION, _FAST])
    return Rendition(media_type="image/png", data=data)


def _jpeg(rgb: Pixels, variant: Variant) -> Rendition:
    options = [
        *(cv2.IMWRITE_JPEG_QUALITY, _JPEG[variant]),
        *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
    ]
    return Rendition(media_type="image/jpeg", data=_encoded(".jpg", rgb, options))


def _encoded(extension: str, rgb: Pixels, options: list[int]) -> bytes:
    done, data = cv2.imencode(extension, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), options)
    assert done, "OpenCV encodes 8-bit pixels of these sizes"
    return data.tobytes()


def _within(rgb: Pixels, side: int) -> Pixels:
    """The pixels, made smaller where a side is longer."""
    height, width = rgb.shape[:2]
    if max(height, width) <= side:
        return rgb
    scale = side / max(height, width)
    return _resized(rgb, max(1, round(width * scale)), max(1, round(height * scale)), cv2.INTER_AREA)


def _resized(rgb: Pixels, width: int, height: int, how: int) -> Pixels:
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=how), dtype=np.uint8)
