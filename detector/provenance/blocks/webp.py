"""WebP: chunks with names. Source: RFC 9649, 2.7; C2PA 2.1, annex A.5."""

from __future__ import annotations

from collections.abc import Iterator

from detector.provenance.blocks.block import LONGEST, MOST_PIECES, Block, BlockKind

_KINDS = {b"EXIF": BlockKind.EXIF, b"XMP ": BlockKind.XMP, b"C2PA": BlockKind.CREDENTIALS}


def blocks(data: bytes) -> Iterator[Block]:
    """What stands beside the pixels."""
    at = 12
    for _ in range(MOST_PIECES):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if len(name) < 4:
            return
        if name in _KINDS:
            yield Block(kind=_KINDS[name], data=data[at + 8 : at + 8 + min(length, LONGEST)])
        at += 8 + length + length % 2
