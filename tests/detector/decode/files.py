"""Picture files made in code, down to their chunks."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageCms

from detector.decode import DecodeLimits, decode
from detector.reasons import Reason, Rejected

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    """The bytes of a Pillow image as a file."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, bits: int, colour_type: int, rows: list[bytes], *extra: bytes) -> bytes:
    """A PNG of raw rows, with further chunks before the data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return PNG_SIGNATURE + header + b"".join(extra) + data + chunk(b"IEND", b"")


def tiff(entries: list[tuple[int, int, int, int]], pixels: bytes = b"", following: int = 0) -> bytes:
    """A little-endian TIFF: pixels at byte 8, then a directory of (tag, type, count, value)."""
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHI", tag, kind, count)
        + struct.pack("<HH" if kind == 3 else "<I", *([value, 0] if kind == 3 else [value]))
        for tag, kind, count, value in sorted(entries)
    )
    return b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + directory + struct.pack("<I", following)


def exif(orientation: int, *, kind: int = 3, count: int = 1) -> bytes:
    """An EXIF block that holds an orientation and nothing else."""
    return b"Exif\0\0" + tiff([(274, kind, count, orientation)])


def swapped_profile() -> bytes:
    """A sound RGB profile whose red and blue are exchanged: what it does can be seen."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * profile[131], 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


def reason_of(data: bytes, limits: DecodeLimits | None = None) -> Reason | None:
    """Why a file is refused; None where it decodes."""
    try:
        decode(data, limits or DecodeLimits())
    except Rejected as error:
        return error.reason
    return None
