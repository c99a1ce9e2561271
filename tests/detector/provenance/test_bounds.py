"""No file raises, and none takes long, whatever it says."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.provenance import LONGEST, Claim, claims
from detector.provenance import cbor as reading
from detector.provenance.jumbf import superboxes
from tests.detector.provenance.making import (
    app11,
    box,
    cbor,
    exif,
    jpeg_with,
    manifest,
    png_with,
    store,
    superbox,
    text_chunk,
    webp_with,
    xmp,
)

_HOSTILE = sorted((Path(__file__).parents[2] / "data" / "hostile" / "files").iterdir())
_STORE = store(manifest("A generator", {"action": "c2pa.created", "digitalSourceType": "x/print"}))
_FILES = [
    jpeg_with(
        (0xE1, exif(comment=b"ASCII\0\0\0Steps: 1, Seed: 2", make=b"Maker", model=b"X")), *app11(_STORE)
    ),
    png_with(
        (b"caBX", _STORE),
        text_chunk("parameters", "Steps: 1, Seed: 2"),
        (b"eXIf", exif(software=b"Soft ware")[6:]),
    ),
    webp_with((b"XMP ", xmp("digitalsourcetype/print CreatorTool='x'")), (b"EXIF", exif(">", make=b"Maker"))),
    box(b"ftyp", b"avif" + bytes(8)) + xmp("digitalsourcetype/print") + exif(make=b"Maker"),
]
_VALUES = st.recursive(
    st.booleans() | st.integers(0, 2**32 - 1) | st.binary(max_size=8) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def _is_sound(found: tuple[Claim, ...]) -> bool:
    texts = [text for one in found for text in (one.source, one.says)]
    return len(found) <= 40 and all(len(text) <= LONGEST and text.isprintable() for text in texts)


@pytest.mark.parametrize("file", _HOSTILE, ids=lambda file: file.name)
def test_hostile_files_make_sound_claims(file: Path) -> None:
    assert _is_sound(claims(file.read_bytes()))


@given(st.sampled_from(_FILES), st.data())
def test_a_file_with_changed_bytes_makes_sound_claims(file: bytes, data: st.DataObject) -> None:
    changed = bytearray(file)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    assert _is_sound(claims(bytes(changed)[: data.draw(st.integers(0, len(file)))]))


@given(st.binary(max_size=300))
def test_any_bytes_in_any_place_make_sound_claims(noise: bytes) -> None:
    for data in (
        noise,
        jpeg_with((0xE1, b"Exif\0\0II*\0" + noise), (0xEB, b"JP\0\1\0\0\0\1" + noise)),
        png_with((b"caBX", noise), (b"zTXt", noise), (b"iTXt", noise), (b"eXIf", noise)),
        png_with((b"caBX", store(box(b"jumb", noise)))),
        webp_with((b"XMP ", noise), (b"C2PA", noise)),
    ):
        assert _is_sound(claims(data))


@given(_VALUES)
def test_cbor_that_was_written_is_read_back(value: object) -> None:
    assert reading.read(cbor(value)) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (b"\x9f\x01\x02\xff", [1, 2]),
        (b"\xbf\x61a\x01\xff", {"a": 1}),
        (b"\x7f\x61a\x61b\xff", "ab"),
        (b"\x5f\x41a\xff", b"a"),
        (b"\xd2\x01", 1),
        (b"\x20", -1),
        (b"\xf9\x3c\x00", 1.0),
        (b"\xf6", None),
        (b"\xf8\x20", None),
    ],
)
def test_cbor_of_every_form_is_read(written: bytes, value: object) -> None:
    assert reading.read(written) == value


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff",
        b"\x18",
        b"\x1c",
        b"\x62a",
        b"\x82\x01\xff",
        b"\xa1\xff",
        b"\xa1\x01\xff",
        b"\x7f\x01\xff",
        b"\x5f\x61a\xff",
        b"\x9b" + b"\xff" * 8,
        b"\x81" * 100_000,
        b"\xc1" * 100_000,
        b"\x9f" + b"\x01" * 100_000 + b"\xff",
    ],
)
def test_broken_endless_and_deep_cbor_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="CBOR"):
        reading.read(broken)


@pytest.mark.parametrize(
    "signature",
    [
        [b"", 7, b"", b""],
        [7, [], b"", b""],
        [cbor(7), {33: 7}, b"", b""],
        [b"\xff", {33: []}, b"", b""],
        [cbor({33: [[]]}), {"x5chain": b"no certificate"}, b"", b""],
        [],
        {},
    ],
)
def test_a_signature_of_another_form_is_not_readable(signature: Any) -> None:
    boxes = superbox("c2pa.signature", box(b"cbor", cbor(signature)))
    (claim,) = claims(png_with((b"caBX", store(superbox("urn:uuid:1", boxes)))))
    assert claim.says.startswith("written by unnamed software, ")
    assert "for" not in claim.says.split()


@pytest.mark.parametrize("claimed", [7, [], {"claim_generator_info": 7}, {"claim_generator_info": [[]]}])
@pytest.mark.parametrize(
    "actions", [7, [], {"actions": 7}, {"actions": [7, {"action": 7, "softwareAgent": 7}]}]
)
def test_a_manifest_of_another_form_says_nothing(claimed: Any, actions: Any) -> None:
    inner = superbox("c2pa.assertions", superbox("c2pa.actions", box(b"cbor", cbor(actions))))
    made = superbox("urn:uuid:1", superbox("c2pa.claim", box(b"cbor", cbor(claimed))), inner)
    (claim,) = claims(png_with((b"caBX", store(made))))
    assert claim.says == "written by unnamed software, without a readable signature"


def test_boxes_in_boxes_end() -> None:
    nest = b""
    for _ in range(5_000):
        nest = box(b"jumb", nest)
    assert len(superboxes(nest)) == 1
    assert superboxes(1_000_000 * b"\0") == ()


def test_a_file_made_to_take_long_takes_a_moment() -> None:
    million = 1_000_000
    files = [
        png_with(*[(b"zTXt", b"a\0\0" + b"x\x9c" + b"\0" * 50) for _ in range(5_000)]),
        b"\xff\xd8" + b"\xff" * million,
        webp_with((b"XMP ", b"UserComment>" * (million // 12))),
        webp_with((b"XMP ", b"CreatorTool" + b" " * million)),
        png_with((b"caBX", store(*[superbox_of(number) for number in range(3_000)]))),
        box(b"ftyp", b"avif" + bytes(8)) + b"\0\0\0\x08uuid" * (million // 8),
    ]
    begun = process_time()
    for file in files:
        assert _is_sound(claims(file))
    assert process_time() - begun < 5


def superbox_of(number: int) -> bytes:
    """A manifest of many."""
    return manifest(f"A generator {number}", {"action": "c2pa.edited"})
