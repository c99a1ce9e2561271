"""White shows through."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image

from detector.decode import decode
from tests.detector.decode.files import chunk, png, saved
from tests.pictures import encode, noise

PIXELS = noise(66, 70)
ALPHA = noise(66, 70, seed=1)[..., :1]


def on_white(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return np.rint(pixels * (alpha / 255) + 255 * (1 - alpha / 255))


@pytest.mark.parametrize(
    ("form", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True}), ("TIFF", {})]
)
def test_alpha_is_composited_on_white(form: str, options: dict[str, bool]) -> None:
    picture = decode(encode(np.dstack([PIXELS, ALPHA]), form, **options))
    assert picture.facts.has_alpha
    assert np.abs(picture.rgb - on_white(PIXELS, ALPHA)).max() <= 1


def test_grey_with_alpha_is_composited_on_white() -> None:
    picture = decode(encode(np.dstack([PIXELS[..., :1], ALPHA])))
    assert picture.facts.mode == "LA"
    assert np.abs(picture.rgb - on_white(PIXELS[..., :1], ALPHA)).max() <= 1


def test_an_opaque_alpha_channel_changes_nothing() -> None:
    picture = decode(encode(np.dstack([PIXELS, np.full_like(ALPHA, 255)])))
    assert not picture.facts.has_alpha
    assert np.array_equal(picture.rgb, PIXELS)


def test_premultiplied_colours_are_divided_first() -> None:
    unassociated, associated = (struct.pack("<HHIHH", 338, 3, 1, kind, 0) for kind in (2, 1))
    data = saved(Image.new("RGBA", (64, 64), (100, 50, 0, 128)), "TIFF")
    assert data.count(unassociated) == 1
    rgb = decode(data.replace(unassociated, associated)).rgb
    assert np.abs(rgb[0, 0].astype(int) - [227, 177, 127]).max() <= 1


def test_palette_entries_with_alpha_are_composited() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))
    data = png(3, 1, 8, 3, [b"\0\1\2"], palette, chunk(b"tRNS", bytes([0, 128])))
    picture = decode(data)
    assert picture.facts.has_alpha
    assert picture.rgb[0].tolist() == [[255, 255, 255], [127, 255, 127], [0, 0, 255]]


def test_one_transparent_palette_entry_becomes_white() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    for form in ("PNG", "GIF"):
        assert decode(saved(image, form, transparency=1)).rgb[0].tolist() == [[10, 20, 30], [255, 255, 255]]


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_grey_key_counts_in_the_bits_of_its_png(bits: int) -> None:
    row = (1 << (8 - bits)).to_bytes(1, "big")  # the first pixel has level 1
    picture = decode(png(1, 1, bits, 0, [row], chunk(b"tRNS", struct.pack(">H", 1))))
    assert picture.facts.has_alpha
    assert picture.rgb[0, 0].tolist() == [255, 255, 255]


def test_a_16_bit_grey_key_is_compared_with_all_16_bits() -> None:
    data = png(2, 1, 16, 0, [struct.pack(">HH", 0x1234, 0x1235)], chunk(b"tRNS", struct.pack(">H", 0x1234)))
    assert decode(data).rgb[0, :, 0].tolist() == [255, 0x12]


def test_a_colour_key_needs_all_three_channels() -> None:
    key = chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))
    data = png(2, 1, 8, 2, [bytes([1, 2, 3, 1, 2, 4])], key)
    assert decode(data).rgb[0].tolist() == [[255, 255, 255], [1, 2, 4]]


def test_a_16_bit_colour_key_is_compared_by_its_high_bytes() -> None:
    key = chunk(b"tRNS", struct.pack(">HHH", 0x0100, 0x0200, 0x0300))
    data = png(1, 1, 16, 2, [struct.pack(">HHH", 0x0100, 0x0200, 0x0300)], key)
    assert decode(data).rgb[0, 0].tolist() == [255, 255, 255]


def test_what_the_first_frame_of_a_gif_leaves_open_is_white() -> None:
    frame = b",\1\0\0\0\1\0\1\0\0\2\2\x44\1\0;"  # one pixel, colour 0, at column 1 of 2
    control = b"!\xf9\4\1\0\0\1\0"
    data = b"GIF89a\2\0\1\0\x80\0\0" + bytes([9, 9, 9, 8, 8, 8]) + control + frame
    assert decode(data).rgb[0].tolist() == [[255, 255, 255], [9, 9, 9]]
