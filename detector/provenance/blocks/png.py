"""PNG: texts, EXIF, and the manifests of C2PA. Source: PNG, third edition, 11.3; C2PA 2.1, annex A.4."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from detector.provenance.blocks.block import LONGEST, MOST_PIECES, Block, BlockKind

_LONGEST_TEXT = 1 << 20
_MOST_TEXTS = 64
_XMP = "XML:com.adobe.xmp"


def blocks(data: bytes) -> Iterator[Block]:
    """What stands before and behind the pixels."""
    texts = 0
    for name, body in _chunks(data):
        if name == b"eXIf":
            yield Block(kind=BlockKind.EXIF, data=body)
        elif name == b"caBX":
            yield Block(kind=BlockKind.CREDENTIALS, data=body)
        elif name in {b"tEXt", b"zTXt", b"iTXt"} and texts < _MOST_TEXTS:
            texts += 1
            keyword, text = _text(name, body)
            kind = BlockKind.XMP if keyword == _XMP else BlockKind.TEXT
            yield Block(kind=kind, data=text, keyword=keyword)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    for _ in range(MOST_PIECES):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if len(name) < 4 or name == b"IEND":
            return
        if name != b"IDAT":
            yield name, data[at + 8 : at + 8 + min(length, LONGEST)]
        at += 12 + length


def _text(name: bytes, body: bytes) -> tuple[str, bytes]:
    """Keyword and text, in UTF-8, of a chunk."""
    keyword, _, rest = body.partition(b"\0")
    word = keyword[:79].decode("latin-1")
    if name == b"tEXt":
        return word, rest[:_LONGEST_TEXT].decode("latin-1").encode()
    if name == b"zTXt":
        return word, _inflated(rest[1:]).decode("latin-1").encode()
    packed, text = rest[:1] == b"\1", rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    return word, _inflated(text) if packed else text[:_LONGEST_TEXT]


def _inflated(packed: bytes) -> bytes:
    """The first part of packed data: of a few bytes they can make a thousand times as many."""
    try:
        return zlib.decompressobj().decompress(packed, _LONGEST_TEXT)
    except zlib.error:
        return b""
