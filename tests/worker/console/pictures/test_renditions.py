"""The files that browsers get: sizes, pixels, and nothing beside them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from detector.provenance import claims
from tests.pictures import flat, gradient, noise, painting
from worker.console.pictures import renditions
from worker.console.pictures.renditions import Rendition
from worker.console.pictures.subject import Variant


def opened(rendition: Rendition) -> Image.Image:
    """The file as Pillow reads it."""
    return Image.open(io.BytesIO(rendition.data))


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        (
            (2_000, 3_200),
            {Variant.FIT: (1_600, 1_000), Variant.THUMB: (320, 200), Variant.BLURRED: (320, 200)},
        ),
        ((100, 64), {Variant.FIT: (64, 100), Variant.THUMB: (64, 100), Variant.BLURRED: (64, 100)}),
        ((1, 5_000), {Variant.FIT: (1_600, 1), Variant.THUMB: (320, 1), Variant.BLURRED: (320, 1)}),
    ],
)
def test_forms_have_their_sizes_and_keep_the_proportions(
    shape: tuple[int, int], sizes: dict[Variant, tuple[int, int]]
) -> None:
    made = renditions.small(flat(*shape))
    assert {variant: opened(rendition).size for variant, rendition in made.items()} == sizes
    assert {rendition.media_type for rendition in made.values()} == {"image/jpeg"}


def test_the_full_size_has_every_pixel_as_it_was() -> None:
    pixels = noise(300, 200)
    made = renditions.full(pixels)
    assert made.media_type == "image/png"
    assert np.array_equal(np.asarray(opened(made)), pixels)


def test_a_very_large_picture_is_whole_in_the_best_quality() -> None:
    pixels = gradient(4_000, 4_001)
    made = renditions.full(pixels)
    assert (made.media_type, opened(made).size) == ("image/jpeg", (4_001, 4_000))
    apart = np.abs(np.asarray(opened(made))[::50, ::50].astype(int) - pixels[::50, ::50])
    assert apart.max() <= 6


def test_colours_stay_what_they_are() -> None:
    for colour in ((250, 10, 10), (10, 250, 10), (10, 10, 250)):
        for rendition in renditions.small(flat(400, 400, colour)).values():
            assert np.abs(np.asarray(opened(rendition))[50, 50].astype(int) - colour).max() <= 6


def test_nothing_can_be_recognised_in_the_blurred_form() -> None:
    stripes = flat(320, 320, (120, 120, 120))
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 220
    made = renditions.small(stripes)
    seen = {form: np.asarray(opened(made[form]), dtype=float)[..., 0] for form in made}
    assert np.ptp(seen[Variant.THUMB]) > 90
    assert np.ptp(seen[Variant.BLURRED]) < 10
    assert abs(seen[Variant.BLURRED].mean() - seen[Variant.THUMB].mean()) < 3


def test_no_form_says_anything_beside_its_pixels() -> None:
    pixels = painting(400, 400)
    for rendition in (*renditions.small(pixels).values(), renditions.full(pixels)):
        picture: Any = opened(rendition)
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert not picture.getexif()
        assert claims(rendition.data) == ()
