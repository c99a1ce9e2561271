"""Boxes: the form that AVIF, HEIC and JUMBF share. Source: ISO/IEC 14496-12, 4.2."""

from __future__ import annotations

from collections.abc import Iterator

_MOST_BOXES = 10_000
"""Boxes that are looked at on one level: files have dozens."""


def boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each box's content from ``at`` to ``end``; ends where one can't be read."""
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        size, name, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if size == 1:  # the size follows as 64 bits
            size, start = int.from_bytes(data[start : start + 8], "big"), start + 8
        last = end if size == 0 else at + size  # 0: the box reaches to the end
        if not start <= last <= end:
            return
        yield name, start, last
        at = last
