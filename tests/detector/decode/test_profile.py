"""Colours of a file become sRGB."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from detector.decode import decode
from tests.detector.decode.files import saved, swapped_profile
from tests.pictures import encode, gradient, noise

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PIXELS = noise(66, 70)


def test_a_profile_moves_the_colours() -> None:
    picture = decode(encode(PIXELS, icc_profile=swapped_profile()))
    assert picture.facts.has_profile
    assert np.abs(picture.rgb[..., ::-1].astype(int) - PIXELS).max() <= 2


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_profiles_are_followed_in_every_format_that_has_them(form: str) -> None:
    picture = decode(encode(gradient(66, 70), form, icc_profile=swapped_profile()))
    assert picture.facts.has_profile
    assert picture.rgb[..., 2].std() > 50  # red rose to the right; blue was flat


def test_a_profile_that_is_srgb_changes_nothing() -> None:
    picture = decode(encode(PIXELS, icc_profile=SRGB))
    assert not picture.facts.has_profile
    assert np.array_equal(picture.rgb, PIXELS)


@pytest.mark.parametrize(
    "profile",
    [b"not a profile", SRGB[:100], SRGB[:-400], SRGB[:132] + b"\xff" * 200],
    ids=["no profile", "its head alone", "cut short", "a table of nonsense"],  # its bytes hold the time
)
def test_a_broken_profile_is_ignored(profile: bytes) -> None:
    picture = decode(encode(PIXELS, icc_profile=profile))
    assert not picture.facts.has_profile
    assert np.array_equal(picture.rgb, PIXELS)


def test_a_profile_of_another_kind_of_pixels_is_ignored() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert np.array_equal(decode(encode(PIXELS, icc_profile=lab)).rgb, PIXELS)


def test_an_rgb_profile_is_followed_on_grey() -> None:
    grey = np.tile(np.arange(70, dtype=np.uint8), (66, 1))
    picture = decode(encode(grey, icc_profile=SRGB))
    assert np.array_equal(picture.rgb, np.repeat(grey[..., None], 3, axis=2))


def test_colour_is_converted_before_it_is_composited() -> None:
    half = np.dstack([PIXELS, np.full((66, 70), 128, np.uint8)])
    picture = decode(encode(half, icc_profile=swapped_profile()))
    opaque = decode(encode(PIXELS, icc_profile=swapped_profile())).rgb
    expected = opaque * (128 / 255) + 255 * (127 / 255)
    assert np.abs(picture.rgb - expected).max() <= 1


def test_inks_without_a_profile_multiply() -> None:
    inks = Image.new("CMYK", (64, 64), (255, 128, 0, 51))
    picture = decode(saved(inks, "TIFF"))
    assert picture.facts.mode == "CMYK"
    assert picture.rgb[0, 0].tolist() == [0, 102, 204]


def test_the_inverted_inks_of_an_adobe_jpeg_are_turned_back() -> None:
    inks = Image.new("CMYK", (64, 64), (255, 128, 0, 51))
    rgb = decode(saved(inks, "JPEG", quality=100)).rgb
    assert np.abs(rgb[0, 0].astype(int) - [0, 102, 204]).max() <= 3


def test_lab_becomes_srgb() -> None:
    lab = Image.new("LAB", (64, 64), (128, 128, 128))  # L* = 50, neutral
    rgb = decode(saved(lab, "TIFF")).rgb
    assert np.abs(rgb.astype(int) - 119).max() <= 1


def test_ycbcr_becomes_srgb() -> None:
    image = Image.new("RGB", (64, 64), (200, 100, 50)).convert("YCbCr")
    rgb = decode(saved(image, "TIFF")).rgb
    assert np.abs(rgb[0, 0].astype(int) - [200, 100, 50]).max() <= 2
