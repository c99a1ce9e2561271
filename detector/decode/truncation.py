"""Whether bytes are missing, by a file's own lengths or its end mark.

It is asked only of a file that would not decode, to tell an upload that broke off from a broken file.
"""

from __future__ import annotations

from collections.abc import Callable

from detector.decode.container import Container


def ends_early(container: Container, data: bytes) -> bool:
    """True where the file says of itself that it should go on."""
    return _ENDS_EARLY[container](data)


def _no_end_chunk(png: bytes) -> bool:
    return b"IEND" not in png


def _no_end_marker(jpeg: bytes) -> bool:
    """No end of image after the last start of scan."""
    return jpeg.rfind(b"\xff\xd9") < jpeg.rfind(b"\xff\xda")


def _no_trailer(gif: bytes) -> bool:
    return not gif.endswith(b";")


def _shorter_than_riff(webp: bytes) -> bool:
    return len(webp) < 8 + int.from_bytes(webp[4:8], "little")


def _shorter_than_stated(bmp: bytes) -> bool:
    return len(bmp) < int.from_bytes(bmp[2:6], "little")


def _before_first_directory(tiff: bytes) -> bool:
    return len(tiff) <= int.from_bytes(tiff[4:8], "big" if tiff[:2] == b"MM" else "little")


def _within_box(avif: bytes) -> bool:
    at = 0
    while at + 8 <= len(avif):
        size = int.from_bytes(avif[at : at + 4], "big")
        if size < 8:  # to the end, in 64 bits, or broken
            return False
        at += size
    return at != len(avif)


_ENDS_EARLY: dict[Container, Callable[[bytes], bool]] = {
    Container.AVIF: _within_box,
    Container.BMP: _shorter_than_stated,
    Container.GIF: _no_trailer,
    Container.JPEG: _no_end_marker,
    Container.PNG: _no_end_chunk,
    Container.TIFF: _before_first_directory,
    Container.WEBP: _shorter_than_riff,
}
