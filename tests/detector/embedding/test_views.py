"""What a backbone is shown of a picture."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from detector.embedding.spec import View
from detector.embedding.views import squares
from tests.pictures import gradient, noise


def test_the_crop_is_the_middle_of_the_picture_pixel_by_pixel() -> None:
    rgb = noise(300, 401)
    (crop,) = squares(rgb, (View.CROP,), 224, "bicubic")
    assert_array_equal(crop, rgb[38:262, 88:312])


def test_a_picture_of_the_right_size_is_shown_as_it_is() -> None:
    rgb = noise(64, 64)
    for view in squares(rgb, tuple(View), 64, "bicubic"):
        assert_array_equal(view, rgb)


def test_the_whole_picture_keeps_its_corners() -> None:
    (whole,) = squares(gradient(500, 200), (View.WHOLE,), 224, "bicubic")
    assert whole.shape == (224, 224, 3)
    assert whole[0, 0, 0] < 3
    assert whole[0, 0, 1] < 3
    assert whole[-1, -1, 0] > 252
    assert whole[-1, -1, 1] > 252


@pytest.mark.parametrize(("height", "width"), [(64, 64), (223, 1000), (1000, 100), (65, 224)])
def test_small_and_narrow_pictures_fill_every_view(height: int, width: int) -> None:
    shown = squares(noise(height, width), tuple(View), 224, "bilinear")
    assert shown.shape == (len(View), 224, 224, 3)
    assert shown.dtype == np.uint8
