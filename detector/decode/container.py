"""Which of the allowed containers a file is, told by its first bytes."""

from __future__ import annotations

from enum import StrEnum

from detector.reasons import Reason, Rejected


class Container(StrEnum):
    """The allow-list, by Pillow's names. An MPO begins as the JPEG that its first picture is."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    GIF = "GIF"
    BMP = "BMP"
    TIFF = "TIFF"
    AVIF = "AVIF"


_SIGNATURES: dict[bytes, Container] = {
    b"\xff\xd8\xff": Container.JPEG,
    b"\x89PNG\r\n\x1a\n": Container.PNG,
    b"GIF87a": Container.GIF,
    b"GIF89a": Container.GIF,
    b"BM": Container.BMP,
    b"II*\0": Container.TIFF,
    b"MM\0*": Container.TIFF,
    b"II+\0": Container.TIFF,
    b"MM\0+": Container.TIFF,
}
_AVIF_BRANDS = (b"avif", b"avis")
_LONGEST_BRANDS = 512
"""Bytes of an ftyp box that are searched for brands: room for over a hundred."""


def identify(data: bytes, max_bytes: int) -> Container:
    """Name the container of a file.

    Raises:
        Rejected: the file is empty, too large, or none of the allowed.
    """
    if not data:
        raise Rejected(Reason.EMPTY, "The file has no bytes; upload it again.")
    if len(data) > max_bytes:
        size = f"The file has {len(data):,} bytes, more than the {max_bytes:,} allowed"
        raise Rejected(Reason.TOO_MANY_BYTES, f"{size}; upload a smaller one.")
    container = container_of(data)
    if container is None:
        raise Rejected(
            Reason.UNSUPPORTED_FORMAT,
            "The file is not a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF; convert it to one of these.",
        )
    return container


def container_of(data: bytes) -> Container | None:
    """What the first bytes say; None where they are of no allowed container."""
    for signature, container in _SIGNATURES.items():
        if data.startswith(signature):
            return container
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Container.WEBP
    if data[4:8] == b"ftyp" and _has_avif_brand(data):
        return Container.AVIF
    return None


def _has_avif_brand(data: bytes) -> bool:
    """Whether the ftyp box lists AVIF: HEIC and video share the box, and its major brand can be another."""
    end = min(int.from_bytes(data[:4], "big"), _LONGEST_BRANDS)
    brands = data[8:12] + data[16:end]
    return any(brands[at : at + 4] in _AVIF_BRANDS for at in range(0, len(brands), 4))
