"""The segments of JPEG, PNG and WebP files, and the same files without their metadata.

Sources: ITU-T T.81, annex B (JPEG); W3C Portable Network Graphics, third edition, section 5; RFC 9649,
section 2 (WebP).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from detector.decode.container import Container

_PNG_START = 8
_RIFF_START = 12
_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_FILL = 0xFF
_JPEG_KEPT = frozenset({0xE0, 0xEE})
"""APP0 (JFIF) and APP14 (Adobe) tell how the numbers become colours: they are no metadata."""
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT"})
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP ", b"ICCP"})
_WEBP_FLAGS = 0x20 | 0x08 | 0x04
"""Bits of VP8X that announce a profile, EXIF and XMP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One piece of a file."""

    kind: bytes
    """JPEG: the marker's second byte; PNG and WebP: the four letters of the chunk."""
    begin: int
    """Where it starts in the file, with its marker or header."""
    end: int
    payload: bytes

    @property
    def marker(self) -> int:
        """The second byte of a JPEG's marker."""
        return self.kind[0]


def segments(container: Container, data: bytes) -> Iterator[Segment]:
    """The pieces of a file in their order, as far as they can be followed; none of other containers.

    A JPEG's end with its first scan: what comes behind is the picture.
    """
    if container is Container.JPEG:
        yield from _jpeg(data)
    elif container is Container.PNG:
        yield from _chunks(data, _PNG_START, png=True)
    elif container is Container.WEBP:
        yield from _chunks(data, _RIFF_START, png=False)


def stripped(container: Container, data: bytes) -> bytes | None:
    """The file without EXIF, XMP, ICC profile, comments and text, the coded picture untouched.

    None where the container is not JPEG, PNG or WebP, or the file ends within a segment.
    """
    pieces = list(segments(container, data))
    if not pieces:
        return None
    if container is Container.JPEG:
        if pieces[-1].marker != _SCAN:
            return None
        kept = [data[piece.begin : piece.end] for piece in pieces if not _is_jpeg_metadata(piece)]
        return b"".join([data[:2], *kept, data[pieces[-1].end :]])
    if container is Container.PNG:
        kept = [data[piece.begin : piece.end] for piece in pieces if piece.kind in _PNG_KEPT]
        return data[:_PNG_START] + b"".join(kept)
    body = b"WEBP" + b"".join(_webp_chunk(data, piece) for piece in pieces if piece.kind not in _WEBP_DROPPED)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def is_text(container: Container, piece: Segment) -> bool:
    """Whether a segment holds words for people: a JPEG's comment, a PNG's text."""
    if container is Container.JPEG:
        return piece.marker == 0xFE
    return piece.kind in (b"tEXt", b"zTXt", b"iTXt") and not is_xmp(container, piece)


def is_exif(container: Container, piece: Segment) -> bool:
    """Whether a segment holds EXIF."""
    if container is Container.JPEG:
        return piece.marker == 0xE1 and piece.payload.startswith(b"Exif\0")
    return piece.kind in (b"eXIf", b"EXIF")


def is_xmp(container: Container, piece: Segment) -> bool:
    """Whether a segment holds XMP."""
    if container is Container.JPEG:
        return piece.marker == 0xE1 and piece.payload.startswith(b"http://ns.adobe.com/")
    return piece.kind == b"XMP " or (piece.kind == b"iTXt" and piece.payload.startswith(b"XML:com.adobe.xmp"))


def is_profile(container: Container, piece: Segment) -> bool:
    """Whether a segment holds an ICC profile."""
    if container is Container.JPEG:
        return piece.marker == 0xE2 and piece.payload.startswith(b"ICC_PROFILE")
    return piece.kind in (b"iCCP", b"ICCP")


def _jpeg(data: bytes) -> Iterator[Segment]:
    at = 2
    while at + 4 <= len(data) and data[at] == _JPEG_FILL:
        marker = data[at + 1]
        if marker == _JPEG_FILL:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _JPEG_END or end > len(data):
            return
        yield Segment(kind=data[at + 1 : at + 2], begin=at, end=end, payload=data[at + 4 : end])
        if marker == _SCAN:
            return
        at = end


def _chunks(data: bytes, start: int, *, png: bool) -> Iterator[Segment]:
    """PNG: length, name, payload, checksum; WebP: name, length, payload, filled up to an even length."""
    at = start
    while at + 8 <= len(data):
        first, second = data[at : at + 4], data[at + 4 : at + 8]
        kind = second if png else first
        length = int.from_bytes(first, "big") if png else int.from_bytes(second, "little")
        end = at + 8 + length + (4 if png else length % 2)
        if end > len(data):
            return
        yield Segment(kind=kind, begin=at, end=end, payload=data[at + 8 : at + 8 + length])
        at = end


def _is_jpeg_metadata(piece: Segment) -> bool:
    return (0xE0 <= piece.marker <= 0xEF or piece.marker == 0xFE) and piece.marker not in _JPEG_KEPT


def _webp_chunk(data: bytes, piece: Segment) -> bytes:
    chunk = data[piece.begin : piece.end]
    if piece.kind != b"VP8X":
        return chunk
    return chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS & 0xFF]) + chunk[9:]
