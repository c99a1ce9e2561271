"""AVIF and HEIC: manifests in a ``uuid`` box; EXIF and XMP by their own beginnings.

Items lie where a table says, in pieces; as both begin with something that tells them, they are searched for.
Source: C2PA 2.1, annex A.6.
"""

from __future__ import annotations

from collections.abc import Iterator

from detector.decode.headers.boxes import boxes
from detector.provenance.blocks.block import LONGEST, Block, BlockKind
from detector.provenance.blocks.elsewhere import blocks as searched

_CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_VERSION_AND_FLAGS = 4
_OFFSET = 8
"""Bytes between the purpose and the manifests: where further boxes stand."""


def blocks(data: bytes) -> Iterator[Block]:
    """What stands beside the pixels."""
    for name, start, end in boxes(data, 0, len(data)):
        body = data[start : min(end, start + LONGEST)] if name == b"uuid" else b""
        if body.startswith(_CREDENTIALS):
            purpose, _, rest = body[len(_CREDENTIALS) + _VERSION_AND_FLAGS :].partition(b"\0")
            if purpose == b"manifest":
                yield Block(kind=BlockKind.CREDENTIALS, data=rest[_OFFSET:])
    yield from searched(data)
    at = max(data.find(b"Exif\0\0II*\0"), data.find(b"Exif\0\0MM\0*"))
    if at >= 0:
        yield Block(kind=BlockKind.EXIF, data=data[at : at + LONGEST])
