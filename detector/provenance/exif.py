"""EXIF: camera, software and comments, from bytes that nobody vouches for. Source: TIFF 6.0; CIPA DC-008."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from detector.provenance.claim import Claim, Kind
from detector.provenance.parameters import names_generator, parameters_claim, software_claim

_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _ARTIST, _EXIF = 270, 271, 272, 305, 315, 34_665
_COMMENT = 37_510
_SIZES = {1: 1, 2: 1, 4: 4, 7: 1, 129: 1}
"""Bytes of one value: BYTE, ASCII, LONG (the way to EXIF's own directory), UNDEFINED and UTF-8."""
_MOST_ENTRIES = 1_000
_LONGEST = 1 << 20
_CHARSET = 8
"""Bytes before a comment that name its character set."""


def exif_claims(data: bytes) -> Iterator[Claim]:
    """What the EXIF data say, with or without their ``Exif`` prefix; nothing where they can't be read."""
    found = values(data)
    yield from _of_camera(found)
    software = _text(found.get(_SOFTWARE, b""))
    if software:
        yield software_claim("EXIF: Software", software)
    artist = _text(found.get(_ARTIST, b""))
    if names_generator(artist):
        yield Claim.of(Kind.GENERATOR, "EXIF: Artist", artist)
    described = ("EXIF: ImageDescription", _text(found.get(_DESCRIPTION, b"")))
    for source, text in (described, ("EXIF: UserComment", comment(found.get(_COMMENT, b"")))):
        claim = parameters_claim(source, text)
        if claim is not None:
            yield claim


def values(data: bytes) -> dict[int, bytes]:
    """Tags of the first directory and of EXIF's own, with the bytes of their values; bounded."""
    body = data[6:] if data[:6] == b"Exif\0\0" else data
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None:
        return {}
    found: dict[int, bytes] = {}
    try:
        (first,) = struct.unpack_from(f"{order}I", body, 4)
        found.update(_directory(body, first, order))
        own = found.get(_EXIF, b"")
        if len(own) == 4:
            found.update(_directory(body, struct.unpack(f"{order}I", own)[0], order))
    except struct.error:
        pass  # the data end within a directory
    return found


def comment(value: bytes) -> str:
    """A UserComment, whose first bytes say how it is written."""
    charset, text = value[:_CHARSET], value[_CHARSET:]
    if not charset.startswith(b"UNICODE"):
        return _text(text)
    pairs = text[: len(text) // 2 * 2]
    # The order of bytes is not stated; in Latin text every other byte is zero.
    form = "utf-16-be" if pairs[::2].count(0) >= pairs[1::2].count(0) else "utf-16-le"
    return pairs.decode(form, errors="replace").strip("\0 ")


def _of_camera(found: Mapping[int, bytes]) -> Iterator[Claim]:
    make, model = (_text(found.get(tag, b"")) for tag in (_MAKE, _MODEL))
    named = model if model.startswith(make) else f"{make} {model}".strip()
    if named:
        kind = Kind.GENERATOR if names_generator(named) else Kind.CAPTURE
        yield Claim.of(kind, "EXIF: Make and Model", named)


def _directory(body: bytes, at: int, order: str) -> Iterator[tuple[int, bytes]]:
    (count,) = struct.unpack_from(f"{order}H", body, at)
    for number in range(min(count, _MOST_ENTRIES)):
        entry = at + 2 + 12 * number
        tag, form, length = struct.unpack_from(f"{order}HHI", body, entry)
        size = _SIZES.get(form, 0) * length
        if not 0 < size <= _LONGEST:
            continue
        place = entry + 8 if size <= 4 else struct.unpack_from(f"{order}I", body, entry + 8)[0]
        yield tag, body[place : place + size]


def _text(value: bytes) -> str:
    return value.partition(b"\0")[0].decode(errors="replace").strip()
