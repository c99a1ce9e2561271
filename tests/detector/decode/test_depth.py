"""More than 8 bits, fewer, and palettes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from detector.decode import decode
from tests.detector.decode.files import png, saved

RAMP = np.tile(np.arange(0, 65_536, 16, dtype=np.uint16), (2, 1))


def grey(data: bytes) -> npt.NDArray[np.uint8]:
    rgb = decode(data).rgb
    assert np.array_equal(rgb[..., 0], rgb[..., 1])
    assert np.array_equal(rgb[..., 0], rgb[..., 2])
    return rgb[..., 0]


def test_16_bit_grey_keeps_its_high_byte() -> None:
    assert np.array_equal(grey(saved(Image.fromarray(RAMP), "PNG")), RAMP >> 8)


@pytest.mark.parametrize(("order", "mark"), [("<", b"II"), (">", b"MM")])
def test_16_bit_grey_of_a_tiff_keeps_its_high_byte_in_either_order(order: str, mark: bytes) -> None:
    data = saved(Image.fromarray(RAMP.astype(f"{order}u2")), "TIFF")
    assert data.startswith(mark)
    assert np.array_equal(grey(data), RAMP >> 8)


def test_16_bit_colour_keeps_its_high_byte() -> None:
    samples = np.stack([RAMP[0], RAMP[0][::-1], RAMP[0] ^ 0xFF], axis=1)
    rgb = decode(png(len(samples), 1, 16, 2, [samples.astype(">u2").tobytes()])).rgb
    assert np.array_equal(rgb[0], samples >> 8)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_fewer_bits_reach_from_black_to_white(bits: int) -> None:
    levels = 1 << bits
    row = int("".join(f"{level:0{bits}b}" for level in range(levels)), 2).to_bytes(
        levels * bits // 8 or 1, "big"
    )
    row = row if bits > 1 else b"\x40"  # two pixels, 0 and 1, at the left of their byte
    assert grey(png(levels, 1, bits, 0, [row]))[0].tolist() == [
        255 * level // (levels - 1) for level in range(levels)
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 1.5, 255.0], [0, 2, 255]),
        ([0.0, 256.0, 65_535.0], [0, 1, 255]),
        ([-5.0, float("nan"), 1.0], [0, 0, 255]),
        ([0.0, 1.0, float("inf")], [0, 0, 255]),
        ([0.0, 0.0, 0.0], [0, 0, 0]),
    ],
)
def test_floats_are_scaled_by_the_ladder(values: list[float], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], dtype=np.float32))
    assert grey(saved(image, "TIFF"))[0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 255], [0, 1, 255]),
        ([-3, 256, 65_535], [0, 0, 255]),
        ([0, 2**30, 2**31 - 1], [0, 127, 255]),
    ],
)
def test_32_bit_integers_are_scaled_by_the_ladder(values: list[int], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], dtype=np.int32))
    assert grey(saved(image, "TIFF"))[0].tolist() == expected


def test_a_tall_float_picture_has_one_scale() -> None:
    values = np.zeros((1000, 3), dtype=np.float32)
    values[999] = 200
    values[0] = 100
    levels = grey(saved(Image.fromarray(values), "TIFF"))
    assert (levels[0, 0], levels[999, 0]) == (100, 200)


def test_a_palette_gives_its_colours() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    image.putdata([2, 0, 1])
    for form in ("PNG", "GIF", "BMP", "TIFF"):
        assert decode(saved(image, form)).rgb.tolist() == [[[70, 80, 90], [10, 20, 30], [40, 50, 60]]]
