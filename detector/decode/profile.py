"""From the colours of a file to sRGB.

An ICC profile is followed when it reads as one and is of the picture's kind of pixels (an RGB profile is
also followed on grey). One that moves no colour by more than a level is sRGB under some name, the usual
case: the pixels stay as they are, and the time is saved.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

_SPACE_OF_MODE = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
_STEPS_A_CHANNEL = 17
_UNMOVED = 1
_LARGEST_PROFILE = 4 * 2**20
"""Bytes of a profile that is read: the largest ones of printers have 3 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A picture in sRGB."""

    rgb: Image.Image
    by_profile: bool
    """Whether an embedded profile moved its colours."""


def to_srgb(image: Image.Image, profile: bytes | None) -> Converted:
    """Convert L, RGB, CMYK, YCbCr or LAB; a broken or unfit ``profile`` is ignored."""
    if image.mode == "LAB":
        return Converted(rgb=_apply(_from_lab(), image), by_profile=False)
    if profile and image.mode in _SPACE_OF_MODE and len(profile) <= _LARGEST_PROFILE:
        try:
            converted = _follow(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None  # not a profile, or one that leads nowhere
        if converted is not None:
            return Converted(rgb=converted, by_profile=True)
    return Converted(rgb=image if image.mode == "RGB" else image.convert("RGB"), by_profile=False)


def _follow(image: Image.Image, profile: bytes) -> Image.Image | None:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    space = source.profile.xcolor_space.strip()
    if image.mode == "L" and space == "RGB":
        image = image.convert("RGB")
    if space != _SPACE_OF_MODE[image.mode]:
        return None
    transform = ImageCms.buildTransform(source, _srgb(), image.mode, "RGB", ImageCms.Intent.PERCEPTUAL)
    return None if _is_srgb(transform, image.mode) else _apply(transform, image)


def _is_srgb(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    if mode == "CMYK":
        return False
    swatches = _swatches(mode)
    moved = np.asarray(_apply(transform, swatches)).astype(int) - np.asarray(swatches.convert("RGB"))
    return bool(np.abs(moved).max() <= _UNMOVED)


def _apply(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> Image.Image:
    converted = ImageCms.applyTransform(image, transform)
    assert converted is not None  # it is None only where the picture is changed in place
    return converted


@functools.cache
def _swatches(mode: str) -> Image.Image:
    """Every grey, or a grid of colours over the whole cube."""
    if mode == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    levels = np.linspace(0, 255, _STEPS_A_CHANNEL).astype(np.uint8)
    return Image.fromarray(np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3))


@functools.cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@functools.cache
def _from_lab() -> ImageCms.ImageCmsTransform:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    return ImageCms.buildTransform(lab, _srgb(), "LAB", "RGB", ImageCms.Intent.PERCEPTUAL)
