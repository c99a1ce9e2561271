"""A hash that near-duplicates share: for finding what people have judged before."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detector.picture import Picture

_SIDE = 32
_BLOCK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What near-duplicates of a picture are found by."""

    hash: int
    """See ``perceptual_hash``."""
    contrast: float
    """Standard deviation, in gray levels of 0 to 255, of the picture that the hash's 63 varying coefficients
    make (by Parseval's theorem their norm over 32). The bits of a flat picture are noise: below about 4 they
    say nothing."""


def perceptual_hash(picture: Picture) -> int:
    """64 bits of a picture's lowest spatial frequencies, as the signed integer that PostgreSQL stores.

    Gray, area-averaged to 32x32, two-dimensional DCT-II (orthonormal), the 8x8 lowest frequencies, each
    bit 1 where the coefficient is above the median of the 64 (Zauner 2010, "Implementation and benchmarking
    of perceptual image hash functions", section 3.2.1; here with the constant coefficient, whose bit is
    nearly always 1). Two encodings of one picture differ in few bits; scale and format hardly matter.
    """
    return fingerprint(picture).hash


def fingerprint(picture: Picture) -> Fingerprint:
    """The perceptual hash of a picture and the contrast that it rests on."""
    gray = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    lowest = cv2.dct(small)[:_BLOCK, :_BLOCK].ravel()
    bits = np.packbits(lowest > np.median(lowest))
    return Fingerprint(
        hash=int.from_bytes(bits.tobytes(), "big", signed=True),
        contrast=float(np.linalg.norm(lowest[1:])) / _SIDE,
    )


def differing_bits(one: int, other: int) -> int:
    """How many bits of 64 differ: few between encodings of one picture, about half between two pictures."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
