"""A hash that near-duplicates share: for finding what people have judged before."""

from __future__ import annotations

import cv2
import numpy as np

from detector.picture import Picture

_SIDE = 32
_BLOCK = 8


def perceptual_hash(picture: Picture) -> int:
    """64 bits of a picture's lowest spatial frequencies, as the signed integer that PostgreSQL stores.

    Gray, area-averaged to 32x32, two-dimensional DCT-II (orthonormal), the 8x8 lowest frequencies, each
    bit 1 where the coefficient is above the median of the 64 (Zauner 2010, "Implementation and benchmarking
    of perceptual image hash functions", section 3.2.1; here with the constant coefficient, whose bit is
    nearly always 1). Two encodings of one picture differ in few bits; scale and format hardly matter.
    """
    gray = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
    small = cv2.resize(gray, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    lowest = cv2.dct(small)[:_BLOCK, :_BLOCK].ravel()
    bits = np.packbits(lowest > np.median(lowest))
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def differing_bits(one: int, other: int) -> int:
    """How many bits of 64 differ: few between encodings of one picture, about half between two pictures."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
