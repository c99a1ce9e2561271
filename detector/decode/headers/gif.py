"""The frames of a GIF, counted by going from block to block: the format does not say how many it has."""

from __future__ import annotations

_MOST_BLOCKS = 200_000
"""Blocks that are looked at: some 50 MB of ordinary ones. Counting stops there, in about 20 ms."""
_EXTENSION, _FRAME = 0x21, 0x2C


def frames(data: bytes) -> int:
    """Frames that begin within the blocks looked at; at least 1."""
    found = 0
    try:
        at, blocks = 13 + _palette(data[10]), 0
        while blocks < _MOST_BLOCKS and data[at] in (_EXTENSION, _FRAME):
            if data[at] == _FRAME:
                found += 1
                at += 10 + _palette(data[at + 9]) + 1
            else:
                at += 2
            while blocks < _MOST_BLOCKS and data[at]:
                at += 1 + data[at]
                blocks += 1
            at += 1
            blocks += 1
    except IndexError:
        pass  # the data has ended within a block
    return max(1, found)


def _palette(flags: int) -> int:
    """Bytes of the palette that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
