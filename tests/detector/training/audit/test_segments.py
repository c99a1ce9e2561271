"""What is taken out of a file is its metadata, and its picture stays what it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from detector.decode import decode
from detector.decode.container import Container
from detector.training.audit.catalogue import FACTS
from detector.training.audit.facts import facts_of
from detector.training.audit.segments import segments, stripped
from tests.detector.decode.files import exif, saved
from tests.pictures import encode, painting

PICTURE = painting(80, 96)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TEXT = PngInfo()
TEXT.add_text("parameters", "steps: 30")
FULL = {
    Container.JPEG: saved(
        Image.fromarray(PICTURE), "JPEG", exif=exif(1), icc_profile=SRGB, xmp=b"<x/>", comment=b"hello"
    ),
    Container.PNG: saved(Image.fromarray(PICTURE), "PNG", exif=exif(1), icc_profile=SRGB, pnginfo=TEXT),
    Container.WEBP: saved(Image.fromarray(PICTURE), "WEBP", exif=exif(1), icc_profile=SRGB, xmp=b"<x/>"),
}


@pytest.mark.parametrize("container", FULL)
def test_a_stripped_file_has_its_pixels_and_no_metadata(container: Container) -> None:
    data = FULL[container]
    assert sum(facts_of(data, decode(data))[name] for name in FACTS["metadata"]) > 0
    bare = stripped(container, data)
    assert bare is not None
    assert len(bare) < len(data)
    assert sum(facts_of(bare, decode(bare))[name] for name in FACTS["metadata"]) == 0
    assert np.array_equal(decode(bare).rgb, decode(data).rgb)
    assert stripped(container, bare) == bare


def test_the_colours_of_an_adobe_jpeg_stay() -> None:
    inks = saved(Image.fromarray(PICTURE).convert("CMYK"), "JPEG", comment=b"four inks")
    bare = stripped(Container.JPEG, inks)
    assert bare is not None
    assert b"Adobe" in bare
    assert b"four inks" not in bare
    assert np.array_equal(decode(bare).rgb, decode(inks).rgb)


def test_transparency_stays() -> None:
    clear = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 90, dtype=np.uint8)])
    for container in (Container.PNG, Container.WEBP):
        data = encode(clear, container, exif=exif(1))
        bare = stripped(container, data)
        assert bare is not None
        assert np.array_equal(decode(bare).rgb, decode(data).rgb)


def test_other_containers_are_left_alone() -> None:
    assert stripped(Container.GIF, encode(PICTURE, "GIF")) is None


@given(st.sampled_from(sorted(FULL)), st.data())
def test_no_damage_breaks_the_walk(container: Container, data: st.DataObject) -> None:
    """Segments lie in the file, in order and without overlap, whatever is in it."""
    whole = bytearray(FULL[container][:4000])
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[place] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    end = 0
    for piece in segments(container, damaged):
        assert end <= piece.begin < piece.end <= len(damaged)
        end = piece.end
    stripped(container, damaged)
