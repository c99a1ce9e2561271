"""Files that say things of themselves: made here, part by part, as generators and cameras write them."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from tests.pictures import encode, flat

ISSUER, HOLDER = "Trust Authority", "Picture Works"


def cbor(value: Any) -> bytes:
    """A value as CBOR."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return _head(0, value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    assert isinstance(value, dict)
    return _head(5, len(value)) + b"".join(cbor(key) + cbor(part) for key, part in value.items())


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    return bytes([major << 5 | 26]) + struct.pack(">I", number)


def box(kind: bytes, body: bytes) -> bytes:
    """One box."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def superbox(label: str, *inner: bytes) -> bytes:
    """A labelled box with boxes in it."""
    described = box(b"jumd", bytes(16) + b"\x03" + label.encode() + b"\0")
    return box(b"jumb", described + b"".join(inner))


def certificate() -> bytes:
    """The part of a certificate that names its issuer and its holder."""
    return b"".join(
        b"\x06\x03\x55\x04\x0a\x0c" + bytes([len(name)]) + name.encode() for name in (ISSUER, HOLDER)
    )


def manifest(generator: str, *actions: dict[str, Any], label: str = "urn:uuid:1") -> bytes:
    """One signed manifest."""
    claim = {"claim_generator": generator, "dc:title": "a"}
    signature = b"\xd2" + cbor([cbor({1: 7, 33: [certificate()]}), {}, b"", b"\1\2\3"])
    return superbox(
        label,
        superbox("c2pa.assertions", superbox("c2pa.actions", box(b"cbor", cbor({"actions": list(actions)})))),
        superbox("c2pa.claim", box(b"cbor", cbor(claim))),
        superbox("c2pa.signature", box(b"cbor", signature)),
    )


def store(*manifests: bytes) -> bytes:
    """Manifests as they are embedded, the active one last."""
    return superbox("c2pa", *manifests)


def xmp(inner: str) -> bytes:
    """A packet."""
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{inner}</rdf:RDF></x:xmpmeta>'.encode()


def jpeg_with(*segments: tuple[int, bytes]) -> bytes:
    """A JPEG file with segments of these markers behind its beginning."""
    plain = encode(flat(70, 70), "JPEG")
    extra = b"".join(
        bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in segments
    )
    return plain[:2] + extra + plain[2:]


def app11(jumbf: bytes, piece: int = 60_000) -> list[tuple[int, bytes]]:
    """The segments of a store of manifests, in pieces of so many bytes."""
    head, body = jumbf[:8], jumbf[8:]
    parts = [body[at : at + piece] for at in range(0, len(body), piece)]
    return [
        (0xEB, b"JP\0\1" + struct.pack(">I", number) + head + part) for number, part in enumerate(parts, 1)
    ]


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG file with chunks behind its header."""
    plain = encode(flat(70, 70))
    extra = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    return plain[:33] + extra + plain[33:]


def text_chunk(keyword: str, text: str) -> tuple[bytes, bytes]:
    """A text in Latin-1."""
    return b"tEXt", keyword.encode("latin-1") + b"\0" + text.encode("latin-1")


def webp_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP file with chunks behind its pixels; readers of pixels would want them announced."""
    plain = encode(flat(70, 70), "WEBP")
    extra = b"".join(
        name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2) for name, body in chunks
    )
    return plain[:4] + struct.pack("<I", len(plain) - 8 + len(extra)) + plain[8:] + extra


def exif(order: str = "<", **texts: bytes) -> bytes:
    """EXIF data with texts by name: make, model, software, description, comment."""
    tags = {"description": 270, "make": 271, "model": 272, "software": 305}
    own = [(37_510, 7, texts["comment"])] if "comment" in texts else []
    first = [(tags[name], 2, value + b"\0") for name, value in texts.items() if name in tags]
    first = sorted(first)
    at = 8 + 2 + 12 * (len(first) + len(own)) + 4
    body, heap = b"", b""
    for tag, form, value in first:
        placed = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(f"{order}I", at + len(heap))
        heap += b"" if len(value) <= 4 else value
        body += struct.pack(f"{order}HHI", tag, form, len(value)) + placed
    tail = b""
    if own:
        place = at + len(heap)
        body += struct.pack(f"{order}HHII", 34_665, 4, 1, place)
        value = own[0][2]
        tail = struct.pack(f"{order}H", 1) + struct.pack(f"{order}HHII", 37_510, 7, len(value), place + 18)
        tail += bytes(4) + value
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    count = len(first) + len(own)
    return b"Exif\0\0" + head + struct.pack(f"{order}H", count) + body + bytes(4) + heap + tail
