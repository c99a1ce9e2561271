"""Sound files, odd files and real events: what the search begins with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.detector.decode.files import chunk, exif, swapped_profile
from tests.pictures import encode, painting

_DATA = Path(__file__).parents[1] / "data"
_SMALL = 32_768
"""Bytes; a larger file of the corpus is none to begin with."""
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
    b'Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" '
    b'xmp:CreatorTool="Krita 5"/></x:xmpmeta>'
)


def pictures() -> list[bytes]:
    """A small file of every kind that is decoded, with what files carry beside their pixels."""
    made = painting(40, 48)
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("JPEG", {"exif": exif(6), "icc_profile": swapped_profile(), "xmp": _XMP}),
        ("JPEG", {"progressive": True, "subsampling": 0}),
        ("PNG", {"icc_profile": swapped_profile(), "exif": exif(3)}),
        ("PNG", {"bits": 8, "optimize": True}),
        ("WEBP", {"exif": exif(6), "xmp": _XMP, "icc_profile": swapped_profile()}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate", "icc_profile": swapped_profile()}),
        ("TIFF", {"compression": "packbits"}),
        ("AVIF", {"exif": exif(6), "xmp": _XMP}),
    )
    files = [encode(made, form, **options) for form, options in kinds]
    text = chunk(b"tEXt", b"parameters\0a cat\nSteps: 20, Sampler: Euler a, Seed: 1, Model: x")
    return [*files, files[3][:33] + text + files[3][33:]]


def odd_pictures() -> list[bytes]:
    """The small ones of the corpus of odd, corrupt and hostile files, in the order of their names."""
    paths = sorted((_DATA / "hostile" / "files").iterdir())
    return [path.read_bytes() for path in paths if 0 < path.stat().st_size <= _SMALL]


def events() -> list[bytes]:
    """Bodies as storage systems and their queues send them."""
    return [path.read_bytes() for path in sorted((_DATA / "events" / "bodies").iterdir())]


def sns_messages(topic: str) -> list[bytes]:
    """A notification and a request to confirm a subscription, of one topic."""
    host = f"https://sns.{topic.split(':')[3]}.amazonaws.com/"
    both = {
        "MessageId": "1",
        "TopicArn": topic,
        "Message": "{}",
        "Timestamp": "2026-01-01T00:00:00.000Z",
        "SignatureVersion": "2",
        "Signature": "c2lnbmVk",
        "SigningCertURL": f"{host}key.pem",
    }
    confirm = {
        "Token": "token",
        "SubscribeURL": f"{host}?Action=ConfirmSubscription&TopicArn={topic}&Token=token",
    }
    return [
        json.dumps(each).encode()
        for each in (
            both | {"Type": "Notification", "Subject": "s"},
            both | confirm | {"Type": "SubscriptionConfirmation"},
        )
    ]
