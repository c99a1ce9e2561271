"""Pictures made in code, from a seed, and their bytes as files."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.special import expit

Pixels = npt.NDArray[np.uint8]


def noise(height: int, width: int, seed: int = 0) -> Pixels:
    """Independent uniform bytes, uint8[height, width, 3]."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def flat(height: int, width: int, colour: tuple[int, int, int] = (128, 128, 128)) -> Pixels:
    """One colour everywhere, uint8[height, width, 3]."""
    return np.full((height, width, 3), colour, dtype=np.uint8)


def gradient(height: int, width: int) -> Pixels:
    """Red rises to the right, green downwards, blue stays at 64; uint8[height, width, 3]."""
    red = np.broadcast_to(np.linspace(0, 255, width), (height, width))
    green = np.broadcast_to(np.linspace(0, 255, height)[:, None], (height, width))
    return np.stack([red, green, np.full((height, width), 64.0)], axis=2).astype(np.uint8)


def painting(height: int, width: int, seed: int = 0, strokes: int = 60) -> Pixels:
    """Soft overlapping discs of random colours with a little grain: something to look at.

    It has edges, colours and texture on several scales, as a real picture does; uint8[height, width, 3].
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    canvas = np.full((height, width, 3), rng.uniform(60, 200, 3))
    for _ in range(strokes):
        row, column = rng.uniform(0, height), rng.uniform(0, width)
        radius = rng.uniform(0.03, 0.2) * min(height, width)
        distance = np.hypot(rows - row, columns - column)
        cover = expit((radius - distance) / rng.uniform(0.5, 4))
        canvas += (cover * rng.uniform(0.3, 1.0))[..., None] * (rng.uniform(0, 255, 3) - canvas)
    return np.clip(canvas + rng.normal(0, 3, canvas.shape), 0, 255).astype(np.uint8)


def encode(pixels: Pixels, form: str = "PNG", **options: Any) -> bytes:
    """The bytes of `pixels` as a file of the given form (Pillow's name for it)."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form, **options)
    return file.getvalue()


def jpeg(height: int = 128, width: int = 160, seed: int = 0, quality: int = 90) -> bytes:
    """A `painting` as JPEG: the usual upload of a test."""
    return encode(painting(height, width, seed), "JPEG", quality=quality)
