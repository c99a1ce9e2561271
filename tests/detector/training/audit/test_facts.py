"""Facts are those that a file was made with."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from detector.decode import decode
from detector.training.audit.catalogue import FACTS, NAMES
from detector.training.audit.facts import Facts, facts_of, table_of
from tests.detector.decode.files import exif, saved
from tests.pictures import encode, flat, painting

PICTURE = painting(96, 128)


def read_facts(data: bytes) -> Facts:
    return facts_of(data, decode(data))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_container_gives_every_fact(form: str) -> None:
    data = encode(PICTURE, form)
    facts = read_facts(data)
    assert tuple(facts) == NAMES
    assert [name for name, value in facts.items() if math.isnan(value)] == (
        [] if form == "JPEG" else ["jpeg_quality", "jpeg_chroma"]
    )
    assert sum(facts[name] for name in FACTS["format"] if name.startswith("is_")) == 1
    assert facts[f"is_{form.lower()}"] == 1
    assert facts["kilobytes"] == len(data) / 1000
    assert (facts["longer_side"], facts["shorter_side"], facts["step"]) == (128, 96, 32)
    assert facts["bytes_per_pixel"] == len(data) / (96 * 128)


def test_the_table_has_a_row_for_each_file_and_a_column_for_each_fact() -> None:
    facts = [read_facts(encode(PICTURE)), read_facts(encode(PICTURE, "JPEG"))]
    table = table_of(facts, ["is_png", "longer_side"])
    assert np.array_equal(table, [[1, 128], [0, 128]])


@given(st.integers(1, 100), st.booleans(), st.sampled_from([0, 1, 2]))
def test_the_header_of_a_jpeg_tells_how_it_was_coded(
    quality: int, progressive: bool, subsampling: int
) -> None:
    data = encode(PICTURE, "JPEG", quality=quality, progressive=progressive, subsampling=subsampling)
    facts = read_facts(data)
    assert facts["jpeg_quality"] == quality
    assert facts["jpeg_chroma"] == (1, 2, 4)[subsampling]
    assert facts["progressive"] == progressive


def test_a_grey_jpeg_has_no_thinned_colours() -> None:
    assert math.isnan(read_facts(encode(PICTURE[:, :, 0], "JPEG"))["jpeg_chroma"])


def metadata(data: bytes) -> set[str]:
    facts = read_facts(data)
    return {name for name in FACTS["metadata"] if facts[name]}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_metadata_are_found_by_kind(form: str) -> None:
    image = Image.fromarray(PICTURE)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert metadata(saved(image, form)) == set()
    assert metadata(saved(image, form, icc_profile=profile)) == {"profile"}
    if form in ("JPEG", "WEBP", "AVIF"):
        assert metadata(saved(image, form, xmp=b"<x:xmpmeta/>")) == {"xmp"}
    if form in ("JPEG", "PNG", "WEBP"):
        assert metadata(saved(image, form, exif=exif(1))) == {"exif"}
        assert metadata(saved(image, form, exif=exif(6))) == {"exif", "turned"}


def test_words_in_a_file_are_found() -> None:
    parameters = PngInfo()
    parameters.add_text("parameters", "masterpiece, best quality")
    parameters.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>")
    image = Image.fromarray(PICTURE)
    assert metadata(saved(image, "PNG", pnginfo=parameters)) == {"text", "xmp"}
    assert metadata(saved(image, "JPEG", comment=b"by hand")) == {"text"}
    assert metadata(saved(image, "GIF", comment=b"by hand")) == {"text"}


def test_bits_and_passes_of_a_png_are_found() -> None:
    deep = Image.fromarray(np.zeros((70, 70), dtype=np.uint16))
    assert read_facts(saved(deep, "PNG"))["bits"] == 16
    assert read_facts(saved(deep, "TIFF"))["bits"] == 16
    assert read_facts(saved(Image.new("1", (70, 70)), "PNG"))["bits"] == 1
    assert read_facts(encode(PICTURE))["bits"] == 8


def test_a_picture_with_something_transparent_has_alpha() -> None:
    clear = np.dstack([PICTURE, np.full(PICTURE.shape[:2], 128, dtype=np.uint8)])
    assert read_facts(encode(clear))["alpha"] == 1
    assert read_facts(encode(PICTURE))["alpha"] == 0


def test_a_margin_is_as_deep_as_it_was_made() -> None:
    framed = flat(100, 200, (255, 255, 255))
    framed[10:80, 20:190] = painting(70, 170)
    facts = read_facts(encode(framed))
    sides = {"top": 0.1, "bottom": 0.2, "left": 0.1, "right": 0.05}
    for side, depth in sides.items():
        assert facts[f"{side}_plain"] == 1
        assert facts[f"{side}_margin"] == pytest.approx(depth)


def test_the_margin_of_a_jpeg_need_not_be_quite_flat() -> None:
    framed = flat(160, 160, (250, 240, 230))
    framed[48:] = painting(112, 160)
    coded = read_facts(encode(framed, "JPEG", quality=60))
    assert coded["top_margin"] == pytest.approx(0.3, abs=0.02)
    assert coded["bottom_margin"] == 0


def test_a_picture_to_the_edge_has_no_margin_and_a_plain_one_nothing_else() -> None:
    busy = read_facts(encode(np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)))
    plain = read_facts(encode(flat(80, 80)))
    for side in ("top", "bottom", "left", "right"):
        assert busy[f"{side}_margin"] == 0
        assert busy[f"{side}_plain"] < 0.2
        assert plain[f"{side}_margin"] == 1
    assert plain["flatness"] == 1
    assert busy["flatness"] < 0.01


def test_look_is_brightness_contrast_and_flatness() -> None:
    halves = flat(80, 80, (0, 0, 0))
    halves[:, 40:] = 255
    facts = read_facts(encode(halves))
    assert facts["brightness"] == pytest.approx(0.5)
    assert facts["contrast"] == pytest.approx(0.5)
    assert facts["flatness"] == pytest.approx(78 / 79)
