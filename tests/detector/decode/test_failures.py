"""Truncated, corrupt, and what one picture says for many."""

from __future__ import annotations

import zlib

import pytest
from PIL import Image

from detector.decode import DecodeLimits, decode
from detector.reasons import Reason, Rejected
from tests.detector.decode.files import chunk, png, reason_of, saved
from tests.pictures import encode, noise

FORMS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_broke_off_is_truncated(form: str, share: float) -> None:
    data = encode(noise(80, 90), form)
    assert reason_of(data[: int(share * len(data))]) is Reason.TRUNCATED


@pytest.mark.parametrize("form", FORMS)
def test_a_signature_followed_by_noise_is_refused(form: str) -> None:
    head = encode(noise(80, 90), form)[:16]
    assert reason_of(head + noise(40, 40).tobytes()) in {
        Reason.CORRUPT,
        Reason.TRUNCATED,
        Reason.TOO_MANY_PIXELS,
    }


def test_pixels_that_do_not_unpack_are_corrupt() -> None:
    packed = zlib.compress(b"\0" + bytes(64))
    data = png(64, 1, 8, 0, [bytes(64)])
    assert packed in data
    assert reason_of(data.replace(packed, b"\xff" * len(packed))) is Reason.CORRUPT


def test_text_that_inflates_without_end_is_refused() -> None:
    bomb = chunk(b"zTXt", b"comment\0\0" + zlib.compress(bytes(2**26)))
    assert reason_of(png(64, 1, 8, 0, [bytes(64)], bomb)) is Reason.CORRUPT


def test_a_profile_that_inflates_without_end_is_refused() -> None:
    bomb = chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(2**26)))
    assert reason_of(png(64, 1, 8, 0, [bytes(64)], bomb)) is Reason.CORRUPT


def test_a_frame_larger_than_its_gif_counts_as_the_picture() -> None:
    frame = b",\0\0\0\0\xff\xff\xff\xff\0\2\2\x44\1\0;"
    assert reason_of(b"GIF89a\1\0\1\0\0\0\0" + frame) is Reason.TOO_MANY_PIXELS


def test_only_the_first_frame_is_decoded() -> None:
    frames = [Image.new("RGB", (70, 66), colour) for colour in ("red", "lime", "blue")]
    for form, options in (("PNG", {}), ("GIF", {}), ("WEBP", {"lossless": True}), ("TIFF", {})):
        picture = decode(saved(frames[0], form, save_all=True, append_images=frames[1:], **options))
        assert picture.facts.frames == 3
        assert picture.rgb[0, 0].tolist() == [255, 0, 0]


def test_running_out_of_memory_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("detector.decode.decoding.eight_bits", fail)
    assert reason_of(encode(noise(64, 64))) is Reason.DECODE_MEMORY


def test_the_message_says_what_to_do_and_shows_no_inside() -> None:
    with pytest.raises(Rejected) as refused:
        decode(encode(noise(64, 64), "JPEG")[:-100])
    assert refused.value.message == "The JPEG file ends before its picture does; upload it again."


def test_a_larger_limit_than_pillows_own_holds() -> None:
    wide = saved(Image.new("1", (60_000, 1600)), "PNG")  # 96 million pixels: Pillow alone would warn
    assert decode(wide).rgb.shape == (1600, 60_000, 3)
    assert reason_of(wide, DecodeLimits(max_pixels=95_000_000)) is Reason.TOO_MANY_PIXELS
