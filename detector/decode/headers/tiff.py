"""What a TIFF's directory says of its strips and tiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detector.decode.headers import ifd

_TILE_WIDTH, _TILE_LENGTH = 322, 323
_STRIP_BYTES, _TILE_BYTES = 279, 325


def pixels(data: bytes) -> int:
    """Columns times rows of one tile, which is reserved whole, however small the picture is.

    0 where the file has strips or its directory can't be read.
    """
    numbers = ifd.numbers(data)
    return numbers.get(_TILE_WIDTH, 0) * numbers.get(_TILE_LENGTH, 0)


def promised_bytes(tags: Mapping[int, Any]) -> int:
    """Bytes of all strips or tiles together: more than the file has if they reach beyond it or overlap."""
    counts = tags.get(_STRIP_BYTES) or tags.get(_TILE_BYTES) or ()
    return sum(counts) if isinstance(counts, tuple) else int(counts)
