"""What is read of a file before a decoder sees it."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from detector.decode.headers import avif, gif, ifd, jpeg, tiff, webp
from detector.reasons import Reason
from tests.detector.decode.files import reason_of, saved
from tests.detector.decode.files import tiff as tiff_file
from tests.pictures import encode, gradient


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"exif": b"Exif\0\0II*\0"}])
def test_the_canvas_of_each_kind_of_webp_is_read(options: dict[str, object]) -> None:
    assert webp.pixels(encode(gradient(70, 90), "WEBP", **options)) == 70 * 90


def test_the_canvas_of_an_animated_webp_is_read() -> None:
    frame = Image.new("RGB", (90, 70))
    assert webp.pixels(saved(frame, "WEBP", save_all=True, append_images=[frame.rotate(1)])) == 70 * 90


def test_the_size_of_an_avif_is_read() -> None:
    assert avif.pixels(encode(gradient(70, 90), "AVIF")) == 70 * 90


def test_a_box_that_leads_out_of_the_file_ends_the_reading() -> None:
    data = encode(gradient(70, 90), "AVIF")
    meta = data.index(b"meta")
    assert avif.pixels(data[: meta - 4] + b"\xff\xff\xff\xff" + data[meta:]) == 0


def test_the_tile_of_a_tiff_counts_however_small_the_picture_is() -> None:
    data = tiff_file([(256, 4, 1, 64), (257, 4, 1, 64), (322, 4, 1, 2**31), (323, 4, 1, 2**31)])
    assert tiff.pixels(data) == 2**62
    assert reason_of(data) is Reason.TOO_MANY_PIXELS


def test_strips_with_more_bytes_than_the_file_are_refused() -> None:
    size = [(256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (277, 3, 1, 1)]
    strips = [(273, 4, 1, 8), (278, 4, 1, 64)]
    assert reason_of(tiff_file([*size, *strips, (279, 4, 1, 4096)], bytes(4096))) is None
    assert reason_of(tiff_file([*size, *strips, (279, 4, 1, 2**31 - 1)], bytes(4096))) is Reason.TRUNCATED


def test_a_usual_progressive_jpeg_counts_once() -> None:
    assert jpeg.pixels(encode(gradient(70, 90), "JPEG", progressive=True)) == 70 * 90


def test_a_baseline_jpeg_counts_once_whatever_follows() -> None:
    assert jpeg.pixels(encode(gradient(70, 90), "JPEG") + b"\xff\xda\0\2" * 1000) == 70 * 90


def test_each_further_32_scans_count_as_a_picture_more() -> None:
    data = encode(gradient(70, 90), "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    many = data[:scan] + data[scan:-2] * 100 + b"\xff\xd9"
    assert jpeg.pixels(many) == 70 * 90 * 4  # 109 scans


def test_scans_over_many_pixels_are_refused() -> None:
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, 4096, 4096, 1) + b"\1\x11\0"
    scan = b"\xff\xda\0\x08\1\1\0\1\x3f\0"
    assert reason_of(b"\xff\xd8" + frame + scan * 8000 + b"\xff\xd9") is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize("read", [webp.pixels, avif.pixels, tiff.pixels, jpeg.pixels])
def test_a_header_that_cant_be_read_asks_for_nothing(read: object) -> None:
    assert callable(read)
    for data in (b"", b"\xff\xd8\xff", b"II+\0" + b"\xff" * 20, b"RIFF" + bytes(40), bytes(64)):
        assert read(data) == 0


def test_the_directories_of_a_loop_are_counted_once() -> None:
    assert ifd.directories(tiff_file([(256, 4, 1, 1)], following=8), most=10) == 1


def test_pages_of_a_tiff_are_counted_to_a_bound() -> None:
    page = Image.new("L", (4, 4))
    data = saved(page, "TIFF", save_all=True, append_images=[page] * 4)
    assert ifd.directories(data, most=10) == 5
    assert ifd.directories(data, most=3) == 3


def test_frames_of_a_gif_are_counted() -> None:
    frames = [Image.new("L", (8, 8), 40 * index) for index in range(6)]
    assert gif.frames(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])) == 6


def test_counting_frames_stops_after_a_bounded_number_of_blocks() -> None:
    frame = b",\0\0\0\0\1\0\1\0\0\2\0"
    assert gif.frames(b"GIF89a\1\0\1\0\0\0\0" + frame * 300_000 + b";") == 200_000
