"""What a file's header asks of a decoder, read here before a decoder sees it.

Opening most formats reads their header and no more, so that the size can be compared afterwards. The rest
is read here: WebP and AVIF, whose libraries reserve or refuse while opening, and what is no size but costs
as much: the tile of a TIFF and the passes of a progressive JPEG.

A header that can't be read asks for 0 here: the decoder then says what is wrong with it.
"""

from __future__ import annotations

from detector.decode.container import Container
from detector.decode.headers import avif, jpeg, tiff, webp
from detector.reasons import Reason, Rejected

_PIXELS = {
    Container.AVIF: avif.pixels,
    Container.JPEG: jpeg.pixels,
    Container.TIFF: tiff.pixels,
    Container.WEBP: webp.pixels,
}


def check_pixels(pixels: int, max_pixels: int) -> None:
    """Refuse a picture with more than ``max_pixels``."""
    if pixels > max_pixels:
        size = f"The file announces {pixels:,} pixels, more than the {max_pixels:,} allowed"
        raise Rejected(Reason.TOO_MANY_PIXELS, f"{size}; upload a smaller picture.")


def check_header(container: Container, data: bytes, max_pixels: int) -> None:
    """Refuse a file whose header asks for too much.

    Raises:
        Rejected: with ``too_many_pixels``.
    """
    if container in _PIXELS:
        check_pixels(_PIXELS[container](data), max_pixels)
