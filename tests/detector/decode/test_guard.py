"""What the program around us has set changes no picture, and is as before afterwards."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from PIL import AvifImagePlugin, Image, ImageFile

from detector.decode import decode
from detector.reasons import Reason
from tests.detector.decode.files import exif, reason_of, tiff
from tests.pictures import encode, noise


def switches() -> tuple[object, ...]:
    return (
        Image.MAX_IMAGE_PIXELS,
        ImageFile.LOAD_TRUNCATED_IMAGES,
        AvifImagePlugin.DEFAULT_MAX_THREADS,
        warnings.filters[:],
    )


def test_pillows_switches_are_put_back_after_a_picture_and_after_a_refusal() -> None:
    before = switches()
    data = encode(noise(64, 64), "JPEG")
    assert (reason_of(data), reason_of(data[:-200])) == (None, Reason.TRUNCATED)
    assert switches() == before


def test_truncated_files_are_refused_even_where_pillow_was_told_to_load_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert reason_of(encode(noise(64, 64), "JPEG")[:-200]) is Reason.TRUNCATED


def test_a_small_limit_of_the_program_around_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert reason_of(encode(noise(64, 64))) is None


def test_no_warning_leaks_and_filters_that_raise_change_nothing() -> None:
    data = encode(noise(64, 64), "JPEG", exif=exif(6)[:-8])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        lenient = decode(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        strict = decode(data)
    assert not caught
    assert np.array_equal(lenient.rgb, strict.rgb)


def test_nothing_is_logged_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    many_samples = [(256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 60_000)]
    assert reason_of(tiff(many_samples)) is Reason.CORRUPT
    assert capfd.readouterr().err == ""
