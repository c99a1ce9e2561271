"""Whatever the bytes, a picture or a refusal comes of them, and always the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.decode import DecodeLimits, decode
from detector.decode.container import _SIGNATURES
from detector.picture import Picture
from detector.reasons import Reason, Rejected
from tests.detector.decode.files import exif, swapped_profile
from tests.pictures import encode, painting
from worker.decoding import DecoderProcess

LIMITS = DecodeLimits(max_bytes=2**20, max_pixels=2**20)
SOUND = [
    encode(painting(48, 64), form, **options)
    for form, options in (
        ("JPEG", {"exif": exif(6), "icc_profile": swapped_profile()}),
        ("JPEG", {"progressive": True}),
        ("PNG", {"icc_profile": swapped_profile(), "exif": exif(3)}),
        ("WEBP", {"exif": exif(6)}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate", "icc_profile": swapped_profile()}),
        ("AVIF", {}),
    )
]
BAD_ENDS = {Reason.DECODER_DIED, Reason.DECODE_TIMEOUT, Reason.INTERNAL_ERROR}


@pytest.fixture(scope="module")
def decoder() -> Iterator[DecoderProcess]:
    made = DecoderProcess(LIMITS, seconds=20, memory=2**30)
    yield made
    made.close()


def attempt(decoder: DecoderProcess, data: bytes) -> Picture | Reason:
    try:
        return decoder.decode(data)
    except Rejected as error:
        return error.reason


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A sound file with a few bytes changed, removed or repeated."""
    data = bytearray(draw(st.sampled_from(SOUND)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.one_of(st.integers(0, min(200, len(data) - 1)), st.integers(0, len(data) - 1)))
        kind = draw(st.sampled_from(["set", "cut", "repeat", "end"]))
        if kind == "set":
            data[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, data[at] ^ 1]))
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 20))]
        elif kind == "repeat":
            data[at:at] = data[at : at + draw(st.integers(1, 20))]
        elif len(data) > 40:
            del data[max(at, 20) :]
        if not data:
            break
    return bytes(data)


@given(mutations())
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mutated_file_ends_in_a_picture_or_a_refusal(decoder: DecoderProcess, data: bytes) -> None:
    outcome = attempt(decoder, data)
    if isinstance(outcome, Picture):
        assert outcome.rgb.shape == (outcome.facts.height, outcome.facts.width, 3)
        assert 1 <= outcome.facts.orientation <= 8
    else:
        assert outcome not in BAD_ENDS


@given(
    st.sampled_from([*_SIGNATURES, b"RIFF\0\0\0\0WEBPVP8 ", b"\0\0\0\x14ftypavif", b""]),
    st.binary(max_size=300),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_end_in_a_picture_or_a_refusal(head: bytes, rest: bytes) -> None:
    try:
        picture: Picture | None = decode(head + rest, LIMITS)
    except Rejected:
        picture = None
    assert picture is None or picture.rgb.size <= 3 * LIMITS.max_pixels


@pytest.mark.parametrize("data", SOUND)
def test_the_same_bytes_give_the_same_pixels_here_and_in_the_other_process(
    decoder: DecoderProcess, data: bytes
) -> None:
    here = decode(data)
    there = decoder.decode(data)
    assert here.facts == there.facts
    assert here.rgb.flags.c_contiguous
    assert np.array_equal(here.rgb, there.rgb)
    assert np.array_equal(here.rgb, decode(data).rgb)
