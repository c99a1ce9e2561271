"""JPEG: EXIF and XMP in APP1, JUMBF in pieces in APP11. Source: ITU-T T.81; C2PA 2.1, annex A.3."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from detector.provenance.blocks.block import LONGEST, MOST_PIECES, Block, BlockKind

_SCAN, _END, _APP1, _APP11 = 0xDA, 0xD9, 0xE1, 0xEB
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_BARE = frozenset((0x01, *range(0xD0, 0xD9)))
"""Markers without a length."""


def blocks(data: bytes) -> Iterator[Block]:
    """What stands before the first scan."""
    pieces: defaultdict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
    for marker, body in _segments(data):
        if marker == _APP1 and body.startswith(_EXIF):
            yield Block(kind=BlockKind.EXIF, data=body)
        elif marker == _APP1 and body.startswith(_XMP):
            yield Block(kind=BlockKind.XMP, data=body[len(_XMP) :])
        elif marker == _APP11 and body[:2] == b"JP" and len(body) > 16:
            pieces[body[2:4]].append((int.from_bytes(body[4:8], "big"), body[8:]))
    for numbered in pieces.values():
        yield Block(kind=BlockKind.CREDENTIALS, data=_joined(numbered))


def _joined(numbered: list[tuple[int, bytes]]) -> bytes:
    """Each piece repeats the head of the box that it is a piece of."""
    ordered = [piece for _, piece in sorted(numbered, key=lambda one: one[0])]
    head = 16 if ordered[0][:4] == b"\0\0\0\1" else 8
    return b"".join([ordered[0], *(piece[head:] for piece in ordered[1:])])[:LONGEST]


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 2
    for _ in range(MOST_PIECES):
        if at + 4 > len(data) or data[at] != 0xFF:
            return
        marker = data[at + 1]
        if marker in {_SCAN, _END}:
            return
        if marker == 0xFF or marker in _BARE:  # a fill byte, or nothing but a marker
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length
