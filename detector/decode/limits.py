"""How much a file may ask for, and which edition of the rules answers."""

from __future__ import annotations

from dataclasses import dataclass

DECODE_VERSION = 1
"""Edition of the decoding rules; raised by any change that can change a pixel."""

MIN_SIDE = 64
"""Pixels of the shorter side under which a picture is too small to be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """What a file may ask for at most."""

    max_bytes: int = 64 * 2**20
    """Bytes of the file."""
    max_pixels: int = 120_000_000
    """Columns times rows of the picture."""
