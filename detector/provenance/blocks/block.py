"""One part of a file beside its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_PIECES = 10_000
"""Segments, chunks and boxes of a file that are looked at."""
LONGEST = 16 << 20
"""Bytes of one block that are kept: manifests carry thumbnails."""


class BlockKind(StrEnum):
    """How its bytes are read."""

    EXIF = "exif"
    XMP = "xmp"
    CREDENTIALS = "credentials"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Bytes of one kind."""

    kind: BlockKind
    data: bytes
    """Of a text: in UTF-8."""
    keyword: str = ""
    """Of a text."""
