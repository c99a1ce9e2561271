"""Changed copies of a picture: what must not move a verdict, since nobody else made it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from detector.decode import DecodeLimits, decode
from detector.decode.container import identify
from detector.evaluation.deliveries import EVERY, Delivery, Pixels, jpeg, pad, pad_to_square, shrink_by
from detector.picture import Picture
from detector.training.audit.segments import stripped

ORIGINAL = "original"
"""Name of the picture as it is."""
_WHITE, _BLACK = 255, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to change a file without changing who made it."""

    name: str
    what: str
    """In words."""
    of: Callable[[bytes, Picture], Pixels | None]
    """From a file and its picture to the pixels of the changed one; None where it can't be changed so."""


def _saved(form: str, _: bytes, picture: Picture, **options: Any) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(picture.rgb).save(file, form, **options)
    return decode(file.getvalue()).rgb


def _stripped(data: bytes, picture: Picture) -> Pixels | None:
    """None where there is nothing to take out, where it turns the picture, or in a container not known."""
    found = stripped(identify(data, DecodeLimits().max_bytes), data)
    if found is None or found == data or picture.facts.orientation != 1:
        return None
    return decode(found).rgb


def _delivered(delivery: Delivery, _: bytes, picture: Picture) -> Pixels | None:
    height, width = picture.rgb.shape[:2]
    return delivery(picture.rgb) if delivery.measurable(height, width) else None


def _squared(level: int, _: bytes, picture: Picture) -> Pixels | None:
    height, width = picture.rgb.shape[:2]
    return None if height == width else pad_to_square(picture.rgb, level=level)


def _changed(name: str, what: str, step: Callable[[Pixels], Pixels]) -> Variant:
    return Variant(
        name=name, what=what, of=partial(_delivered, Delivery(name=name, what=what, steps=(step,)))
    )


VARIANTS: tuple[Variant, ...] = (
    Variant(name="png", what="saved as PNG", of=partial(_saved, "PNG")),
    Variant(name="stripped", what="without its metadata", of=_stripped),
    Variant(name="webp-80", what="saved as WebP 80", of=partial(_saved, "WEBP", quality=80)),
    _changed("jpeg-90", "JPEG 90", partial(jpeg, quality=90)),
    Variant(name="jpeg-70", what=EVERY["jpeg-70"].what, of=partial(_delivered, EVERY["jpeg-70"])),
    _changed("three-quarters", "three quarters of each side", partial(shrink_by, factor=0.75)),
    _changed("half", "half of each side", partial(shrink_by, factor=0.5)),
    _changed("white-frame", "in a white frame, a tenth wide", partial(pad, share=0.1, level=_WHITE)),
    Variant(name="black-bars", what="made square by black bars", of=partial(_squared, _BLACK)),
)
"""Coded anew, stripped, resized and padded."""


def same_pixels(one: Pixels, other: Pixels) -> bool:
    """Whether two pictures are the same to a detector."""
    return one.shape == other.shape and bool(np.array_equal(one, other))
