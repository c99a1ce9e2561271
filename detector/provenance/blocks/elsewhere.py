"""GIF and TIFF: an XMP packet wherever it stands; a TIFF file is EXIF itself."""

from __future__ import annotations

from collections.abc import Iterator

from detector.provenance.blocks.block import Block, BlockKind
from detector.provenance.xmp import packet_in


def blocks(data: bytes) -> Iterator[Block]:
    """The packet, if there is one."""
    packet = packet_in(data)
    if packet:
        yield Block(kind=BlockKind.XMP, data=packet)


def tiff_blocks(data: bytes) -> Iterator[Block]:
    """The packet and the file's own directory."""
    yield from blocks(data)
    yield Block(kind=BlockKind.EXIF, data=data)
