"""The parts of a file beside its pixels that can say where it comes from, container by container."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from detector.decode.container import Container, container_of
from detector.provenance.blocks import elsewhere, isobmff, jpeg, png, webp
from detector.provenance.blocks.block import Block, BlockKind

__all__ = ["Block", "BlockKind", "blocks"]

_READERS: Mapping[Container, Callable[[bytes], Iterator[Block]]] = {
    Container.JPEG: jpeg.blocks,
    Container.PNG: png.blocks,
    Container.WEBP: webp.blocks,
    Container.AVIF: isobmff.blocks,
    Container.TIFF: elsewhere.tiff_blocks,
    Container.GIF: elsewhere.blocks,
}


def blocks(data: bytes) -> Iterator[Block]:
    """The blocks of a file, in its order; none where it is of another container or broken before them."""
    container = container_of(data)
    if container is None:
        # HEIC is not decoded, and still says what it says.
        return isobmff.blocks(data) if data[4:8] == b"ftyp" else iter(())
    reader = _READERS.get(container)
    return iter(()) if reader is None else reader(data)
