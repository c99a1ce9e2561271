"""The largest picture that an AVIF declares: its library calls one that is too large not an AVIF at all.

The sizes stand in ``ispe`` boxes under ``meta / iprp / ipco``; a grid's own is larger than those of its
cells. Source: ISO/IEC 14496-12 (boxes) and 23008-12 (ispe).
"""

from __future__ import annotations

from detector.decode.headers.boxes import boxes

_VERSION_AND_FLAGS = 4


def pixels(data: bytes) -> int:
    """Columns times rows of the largest ``ispe``; 0 where there is none."""
    levels = [(0, len(data))]
    for kind, skipped in ((b"meta", _VERSION_AND_FLAGS), (b"iprp", 0), (b"ipco", 0), (b"ispe", 0)):
        levels = [
            (start + skipped, end)
            for level in levels
            for name, start, end in boxes(data, *level)
            if name == kind
        ]
    return max((_area(data[start:end]) for start, end in levels), default=0)


def _area(ispe: bytes) -> int:
    return int.from_bytes(ispe[4:8], "big") * int.from_bytes(ispe[8:12], "big")
