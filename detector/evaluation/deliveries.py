"""What happens to a picture between its artist and the detector: sizes, codings and damage of platforms.

Each delivery takes the decoded pixels and gives the pixels that a detector would decode at the other end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""(H, W, 3) red, green, blue."""
Step: TypeAlias = Callable[[Pixels], Pixels]

_NOISE_SEED = 20261127
_LEAST_SIDE = 64
"""Below it nothing is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One way that a picture may come by."""

    name: str
    """Stable: stands in reports and as a key of what was measured."""
    what: str
    """In words."""
    steps: tuple[Step, ...]
    """In their order; none leaves the pixels alone."""
    shrinks_to: int = 0
    """Longer side that it brings larger pictures down to; 0 if it has none. A picture that is no larger than
    that when it starts tells nothing of it."""

    def __call__(self, pixels: Pixels) -> Pixels:
        """The pixels at the other end."""
        for step in self.steps:
            pixels = step(pixels)
        return pixels

    def measurable(self, height: int, width: int) -> bool:
        """Whether a picture of this size shows what it does: large enough before, not tiny after."""
        shrunk = min(1.0, self.shrinks_to / max(height, width)) if self.shrinks_to else 1.0
        return max(height, width) > self.shrinks_to and min(height, width) * shrunk >= _LEAST_SIDE


def jpeg(pixels: Pixels, *, quality: int) -> Pixels:
    """Coded as a JPEG with halved colour resolution, and decoded."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    coded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), options)[1]
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    assert decoded is not None, "OpenCV reads what it wrote"
    return _rgb(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))


def shrink(pixels: Pixels, *, longer: int) -> Pixels:
    """With the longer side at most so long, averaged over areas; never enlarged."""
    return _scaled(pixels, longer / max(pixels.shape[:2]))


def shrink_area(pixels: Pixels, *, megapixels: float) -> Pixels:
    """With at most so many million pixels."""
    height, width = pixels.shape[:2]
    return _scaled(pixels, math.sqrt(megapixels * 1e6 / (height * width)))


def resize_shorter(pixels: Pixels, *, side: int) -> Pixels:
    """Down to so many pixels along the shorter side, and back to the size that it had: the detail is gone."""
    height, width = pixels.shape[:2]
    small = _scaled(pixels, side / min(height, width))
    return _rgb(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def sharpen(pixels: Pixels) -> Pixels:
    """An unsharp mask of one pixel's radius and half strength."""
    soft = cv2.GaussianBlur(pixels, (0, 0), 1.0)
    return _rgb(cv2.addWeighted(pixels, 1.5, soft, -0.5, 0))


def noise(pixels: Pixels, *, sigma: float) -> Pixels:
    """With Gaussian noise of a standard deviation of so many of 255 levels, the same for each size."""
    drawn = np.random.default_rng(_NOISE_SEED).normal(0.0, sigma, pixels.shape)
    return np.clip(np.rint(pixels + drawn), 0, 255).astype(np.uint8)


def crop(pixels: Pixels, *, share: float) -> Pixels:
    """The middle, with so much of each side."""
    height, width = pixels.shape[:2]
    rows, columns = max(1, round(height * share)), max(1, round(width * share))
    top, left = (height - rows) // 2, (width - columns) // 2
    return np.ascontiguousarray(pixels[top : top + rows, left : left + columns])


def blur(pixels: Pixels, *, sigma: float) -> Pixels:
    """Gaussian, of so many pixels."""
    return _rgb(cv2.GaussianBlur(pixels, (0, 0), sigma))


def brighten(pixels: Pixels, *, factor: float) -> Pixels:
    """Every level times a factor."""
    return np.clip(np.rint(pixels * np.float64(factor)), 0, 255).astype(np.uint8)


def shrink_by(pixels: Pixels, *, factor: float) -> Pixels:
    """With each side so much of what it was, averaged over areas; never enlarged."""
    return _scaled(pixels, factor)


def pad(pixels: Pixels, *, share: float, level: int) -> Pixels:
    """In a frame of one gray level, on each side so much of the shorter side wide."""
    width = max(1, round(min(pixels.shape[:2]) * share))
    return _framed(pixels, width, width, level)


def pad_to_square(pixels: Pixels, *, level: int) -> Pixels:
    """Between two bars of one gray level that make it square, as players and thumbnails do."""
    height, width = pixels.shape[:2]
    longer = max(height, width)
    return _framed(pixels, (longer - height) // 2, (longer - width) // 2, level)


def _framed(pixels: Pixels, rows: int, columns: int, level: int) -> Pixels:
    sides = (rows, rows, columns, columns)
    return _rgb(cv2.copyMakeBorder(pixels, *sides, borderType=cv2.BORDER_CONSTANT, value=(level,) * 3))


def _scaled(pixels: Pixels, factor: float) -> Pixels:
    if factor >= 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return _rgb(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _rgb(pixels: npt.NDArray[np.generic]) -> Pixels:
    return np.ascontiguousarray(pixels, dtype=np.uint8)


def _shrunk(name: str, what: str, longer: int, quality: int, *more: Step) -> Delivery:
    steps: tuple[Step, ...] = (partial(shrink, longer=longer), *more, partial(jpeg, quality=quality))
    return Delivery(name=name, what=what, steps=steps, shrinks_to=longer)


CLEAN = Delivery(name="clean", what="as it was uploaded", steps=())
TIERS: tuple[Delivery, ...] = (
    CLEAN,
    _shrunk("web", "at most 768 px, JPEG 60", 768, 60),
    _shrunk("hard", "at most 512 px, JPEG 40", 512, 40),
)
"""Delivery tiers, from an upload to what is left after several platforms."""
PLATFORMS: tuple[Delivery, ...] = (
    _shrunk("x", "X: at most 4096 px, JPEG 85", 4096, 85),
    _shrunk("instagram", "Instagram: at most 1080 px, sharpened, JPEG 75", 1080, 75, sharpen),
    Delivery(
        name="discord",
        what="Discord: at most 4 megapixels, JPEG 80",
        steps=(partial(shrink_area, megapixels=4.0), partial(jpeg, quality=80)),
    ),
    _shrunk("tumblr", "Tumblr: at most 1280 px, JPEG 65", 1280, 65),
)
"""What the platforms are said to do; smaller pictures are coded anew without being resized."""
PERTURBATIONS: tuple[Delivery, ...] = (
    *(
        Delivery(name=f"jpeg-{quality}", what=f"JPEG {quality}", steps=(partial(jpeg, quality=quality),))
        for quality in (70, 50, 30)
    ),
    *(
        Delivery(name=f"noise-{sigma}", what=f"noise of {sigma} levels", steps=(partial(noise, sigma=sigma),))
        for sigma in (5, 15, 30)
    ),
    *(
        Delivery(
            name=f"resize-{side}",
            what=f"shorter side to {side} px and back",
            steps=(partial(resize_shorter, side=side),),
        )
        for side in (128, 64)
    ),
    *(
        Delivery(
            name=f"crop-{share}",
            what=f"middle {share} % of each side",
            steps=(partial(crop, share=share / 100),),
        )
        for share in (70, 50)
    ),
    *(
        Delivery(name=f"blur-{sigma}", what=f"blur of {sigma} px", steps=(partial(blur, sigma=sigma),))
        for sigma in (1, 3)
    ),
    Delivery(name="darker", what="brightness times 0.7", steps=(partial(brighten, factor=0.7),)),
    Delivery(name="brighter", what="brightness times 1.3", steps=(partial(brighten, factor=1.3),)),
)
"""Damage of known strength, for ablations."""
EVERY = {delivery.name: delivery for delivery in (*TIERS, *PLATFORMS, *PERTURBATIONS)}
"""All of them by name."""
