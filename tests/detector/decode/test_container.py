"""The allow-list and the byte limit."""

from __future__ import annotations

import pytest
from PIL import Image

from detector.decode import DecodeLimits, decode
from detector.reasons import Reason
from tests.detector.decode.files import reason_of, saved
from tests.pictures import encode, gradient

FORMS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]


@pytest.mark.parametrize("form", FORMS)
def test_each_allowed_format_decodes_and_names_itself(form: str) -> None:
    picture = decode(encode(gradient(70, 90), form))
    assert picture.rgb.shape == (70, 90, 3)
    assert picture.facts.format == form


@pytest.mark.parametrize("form", ["ICO", "PPM", "TGA", "PCX", "SGI", "DDS", "JPEG2000", "PDF"])
def test_formats_that_pillow_knows_but_the_list_does_not_are_refused(form: str) -> None:
    assert reason_of(encode(gradient(64, 64), form)) is Reason.UNSUPPORTED_FORMAT


def test_an_mpo_decodes_to_its_first_picture() -> None:
    first, second = Image.new("RGB", (70, 66), "red"), Image.new("RGB", (70, 66), "blue")
    picture = decode(saved(first, "MPO", save_all=True, append_images=[second]))
    assert (picture.facts.format, picture.facts.frames) == ("MPO", 2)
    assert picture.rgb[0, 0].tolist() == [254, 0, 0]


def test_a_video_in_the_box_of_an_avif_is_unsupported() -> None:
    assert reason_of(b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(100)) is Reason.UNSUPPORTED_FORMAT


def test_no_bytes_are_empty() -> None:
    assert reason_of(b"") is Reason.EMPTY


def test_the_byte_limit_is_inclusive() -> None:
    data = encode(gradient(64, 64))
    assert reason_of(data, DecodeLimits(max_bytes=len(data))) is None
    assert reason_of(data, DecodeLimits(max_bytes=len(data) - 1)) is Reason.TOO_MANY_BYTES


@pytest.mark.parametrize("form", FORMS)
def test_the_pixel_limit_is_inclusive_in_every_format(form: str) -> None:
    data = encode(gradient(64, 80), form)
    assert reason_of(data, DecodeLimits(max_pixels=64 * 80)) is None
    assert reason_of(data, DecodeLimits(max_pixels=64 * 80 - 1)) is Reason.TOO_MANY_PIXELS


def test_a_picture_too_small_to_be_judged_decodes() -> None:
    assert decode(encode(gradient(1, 1))).rgb.shape == (1, 1, 3)
