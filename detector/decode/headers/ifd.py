"""The directory (IFD) of a TIFF file, which is also the form of EXIF: its numbers, and where the next one is.

Only entries that hold one whole number are read; strings and lists, where a hostile file hides its loops
and lengths, are passed over. Source: TIFF 6.0, section 2; BigTIFF.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_NUMBER_TYPES = {3: "H", 4: "I", 16: "Q"}
"""SHORT, LONG and LONG8, by their codes."""
_MOST_ENTRIES = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """How offsets and counts are written: the classic form, or BigTIFF with 64 bits."""

    order: str
    count: str
    entry: str
    offset: str
    first: int
    """Where the offset of the first directory stands."""

    @classmethod
    def of(cls, data: bytes) -> _Layout:
        order = ">" if data[:2] == b"MM" else "<"
        if 43 in data[2:4]:
            return cls(order=order, count="Q", entry="HHQ8s", offset="Q", first=8)
        return cls(order=order, count="H", entry="HHI4s", offset="I", first=4)

    def number(self, form: str, data: bytes, at: int) -> int:
        """One number at ``at``; struct.error where the data has ended."""
        return int(struct.unpack_from(self.order + form, data, at)[0])


def numbers(data: bytes) -> dict[int, int]:
    """Tags of the first directory with their number; what can't be read is left out."""
    layout, found = _Layout.of(data), {}
    form = layout.order + layout.entry
    try:
        at = layout.number(layout.offset, data, layout.first)
        entries = min(layout.number(layout.count, data, at), _MOST_ENTRIES)
        at += struct.calcsize(layout.order + layout.count)
        for index in range(entries):
            tag, kind, count, value = struct.unpack_from(form, data, at + index * struct.calcsize(form))
            if count == 1 and kind in _NUMBER_TYPES and struct.calcsize(_NUMBER_TYPES[kind]) <= len(value):
                found[tag] = layout.number(_NUMBER_TYPES[kind], value, 0)
    except (struct.error, OverflowError):
        pass  # the directory ends with the data
    return found


def directories(data: bytes, most: int) -> int:
    """How many directories the chain has: at least 1, at most ``most``; a loop is left where it closes."""
    layout, seen = _Layout.of(data), set[int]()
    try:
        at = layout.number(layout.offset, data, layout.first)
        while at and at not in seen and len(seen) < most:
            entries = layout.number(layout.count, data, at)
            seen.add(at)
            at += struct.calcsize(layout.order + layout.count)
            at = layout.number(
                layout.offset, data, at + entries * struct.calcsize(layout.order + layout.entry)
            )
    except (struct.error, OverflowError):
        pass  # the chain leads out of the data
    return max(1, len(seen))
