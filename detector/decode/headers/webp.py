"""The canvas of a WebP: its library reserves it, twice, while opening.

The first chunk says it: ``VP8X`` (extended), ``VP8L`` (lossless) or ``VP8 `` (lossy).
Source: RFC 9649, sections 2.5 to 2.7.
"""

from __future__ import annotations

_LONGEST = 30
"""Bytes from the file's start to the end of the longest of the three headers."""
_SIDE_MASK = 0x3FFF


def pixels(data: bytes) -> int:
    """Columns times rows of the canvas; 0 where the header can't be read."""
    if len(data) < _LONGEST:
        return 0
    kind = data[12:16]
    if kind == b"VP8X":
        return (_number(data, 24, 3) + 1) * (_number(data, 27, 3) + 1)
    if kind == b"VP8L":
        sides = _number(data, 21, 4)
        return ((sides & _SIDE_MASK) + 1) * ((sides >> 14 & _SIDE_MASK) + 1)
    if kind == b"VP8 ":
        return (_number(data, 26, 2) & _SIDE_MASK) * (_number(data, 28, 2) & _SIDE_MASK)
    return 0


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")
