"""Which way is up."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from detector.decode import decode
from tests.detector.decode.files import chunk, exif, png, saved
from tests.pictures import encode, gradient, noise

PIXELS = noise(66, 90)
UPRIGHT = {
    1: PIXELS,
    2: PIXELS[:, ::-1],
    3: PIXELS[::-1, ::-1],
    4: PIXELS[::-1],
    5: PIXELS.transpose(1, 0, 2),
    6: PIXELS[::-1].transpose(1, 0, 2),
    7: PIXELS[::-1, ::-1].transpose(1, 0, 2),
    8: PIXELS[:, ::-1].transpose(1, 0, 2),
}


@pytest.mark.parametrize("turn", UPRIGHT)
@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})])
def test_all_eight_orientations_are_turned_upright(form: str, options: dict[str, bool], turn: int) -> None:
    tags = Image.Exif()
    tags[274] = turn
    picture = decode(encode(PIXELS, form, exif=tags, **options))
    assert picture.facts.orientation == turn
    assert (picture.facts.height, picture.facts.width) == picture.rgb.shape[:2]
    assert np.array_equal(picture.rgb, UPRIGHT[turn])


@pytest.mark.parametrize("turn", UPRIGHT)
@pytest.mark.parametrize("form", ["JPEG", "AVIF"])
def test_lossy_formats_turn_as_pillow_turns_them(form: str, turn: int) -> None:
    tags = Image.Exif()
    tags[274] = turn
    data = encode(gradient(66, 90), form, exif=tags)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(decode(data).rgb, expected)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II+\0\x08\0\0\0" + b"\xff" * 8,
        exif(0),
        exif(9),
        exif(65_535),
        exif(6, kind=2),
        exif(6, count=2),
        exif(6)[:-8],
    ],
)
def test_a_broken_orientation_is_1(block: bytes) -> None:
    picture = decode(encode(PIXELS, "PNG", exif=block))
    assert picture.facts.orientation == 1
    assert np.array_equal(picture.rgb, PIXELS)


def test_exif_behind_the_pixels_of_a_png_counts() -> None:
    data = saved(Image.fromarray(PIXELS), "PNG")
    late = data[:-12] + chunk(b"eXIf", exif(6)[6:]) + data[-12:]
    assert np.array_equal(decode(late).rgb, UPRIGHT[6])


def test_a_directory_with_thousands_of_hostile_entries_is_passed_over() -> None:
    entries = b"".join(b"\x01\x02\x02\0\xff\xff\xff\x7f\0\0\0\0" for _ in range(60_000))
    block = b"II*\0\x08\0\0\0" + (60_000).to_bytes(2, "little") + entries
    data = png(64, 1, 8, 0, [bytes(64)], chunk(b"eXIf", block))
    assert decode(data).facts.orientation == 1
