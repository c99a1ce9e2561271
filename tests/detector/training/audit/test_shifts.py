"""Verdicts on changed copies are compared with those on the picture itself."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from detector import load_bundle
from detector.decode import decode
from detector.detect import Detector
from detector.policy import Label
from detector.reasons import Rejected
from detector.training.audit.shifts import Judged, judge_variants, shifts_of
from detector.training.audit.variants import ORIGINAL, VARIANTS, Variant, same_pixels
from tests.bundles import make_bundle
from tests.detector.decode.files import exif, saved
from tests.pictures import encode, flat, jpeg, painting

NAMES = [variant.name for variant in VARIANTS]


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    return load_bundle(make_bundle(tmp_path_factory.mktemp("bundles")))


def test_a_picture_is_judged_as_it_is_and_in_every_variant_that_can_be_made(detector: Detector) -> None:
    data = jpeg(140, 200)
    judged = judge_variants(detector, data)
    assert list(judged) == [ORIGINAL, *(name for name in NAMES if name != "stripped")]
    verdict = detector.detect(data)
    assert judged[ORIGINAL] == Judged(label=verdict.label, probability=verdict.probability)
    assert judged["png"] == judged[ORIGINAL]


def test_a_variant_that_no_verdict_can_be_given_on_is_left_out(detector: Detector) -> None:
    assert "half" not in judge_variants(detector, jpeg(100, 100)), "50 pixels are too small"
    assert "black-bars" not in judge_variants(detector, jpeg(100, 100)), "it is square"


def test_metadata_move_no_verdict(detector: Detector) -> None:
    pixels = painting(100, 120)
    marked = saved(Image.fromarray(pixels), "JPEG", comment=b"by hand")
    judged = judge_variants(detector, marked)
    assert judged["stripped"] == judged[ORIGINAL]
    turned = saved(Image.fromarray(pixels), "JPEG", exif=exif(6))
    assert "stripped" not in judge_variants(detector, turned), "without its metadata it would lie on its side"


def test_a_frame_brightens_a_dark_picture_and_is_found_out(detector: Detector) -> None:
    """The bundle judges by brightness alone, so a white frame moves its verdict."""
    judged = judge_variants(detector, encode(flat(100, 100, (120, 120, 120))))
    assert judged[ORIGINAL].label is Label.GENUINE
    assert judged["white-frame"].label is Label.SYNTHETIC
    assert judged["jpeg-90"] == judged[ORIGINAL]


def test_a_file_without_a_verdict_is_refused(detector: Detector) -> None:
    with pytest.raises(Rejected):
        judge_variants(detector, jpeg(40, 40))


@pytest.mark.parametrize("variant", VARIANTS, ids=NAMES)
def test_variants_are_other_pictures_of_the_same_thing(variant: Variant) -> None:
    data = saved(Image.fromarray(painting(120, 160)), "JPEG", comment=b"by hand")
    picture = decode(data)
    pixels = variant.of(data, picture)
    assert pixels is not None
    assert pixels.dtype == np.uint8
    assert same_pixels(pixels, picture.rgb) == (variant.name in {"png", "stripped"})
    sizes = {
        "three-quarters": (90, 120),
        "half": (60, 80),
        "white-frame": (144, 184),
        "black-bars": (160, 160),
    }
    assert pixels.shape[:2] == sizes.get(variant.name, (120, 160))


GENUINE, UNCERTAIN, SYNTHETIC = (
    Judged(label=label, probability=probability)
    for label, probability in ((Label.GENUINE, 0.1), (Label.UNCERTAIN, 0.5), (Label.SYNTHETIC, 0.9))
)


def test_changes_are_counted_by_class() -> None:
    after = [SYNTHETIC, GENUINE, SYNTHETIC, GENUINE, UNCERTAIN]
    before = [GENUINE, GENUINE, SYNTHETIC, UNCERTAIN, SYNTHETIC]
    labels = np.array([False, False, False, True, True])
    judged = [{ORIGINAL: old, "half": new} for old, new in zip(before, after, strict=True)]
    (shift,) = shifts_of(judged, labels, np.arange(5), seed=0)
    assert shift.variant.name == "half"
    assert (shift.changed.count, shift.changed.total) == (3, 5)
    assert (shift.accused.count, shift.accused.total) == (1, 3)
    assert (shift.cleared.count, shift.cleared.total) == (1, 2)
    assert (shift.lost.count, shift.lost.total) == (1, 2)
    assert shift.median.value == pytest.approx(0.4)
    assert 0 <= shift.median.low <= shift.median.value <= shift.median.high <= 0.8
    assert shift.median.value <= shift.p95.value <= shift.p95.high <= 0.8


def test_only_pictures_that_have_a_variant_count_for_it() -> None:
    judged = [{ORIGINAL: GENUINE, "png": GENUINE}, {ORIGINAL: GENUINE, "half": SYNTHETIC}]
    shifts = shifts_of(judged, np.array([False, True]), np.arange(2), seed=0)
    assert [(shift.variant.name, shift.changed.count, shift.changed.total) for shift in shifts] == [
        ("png", 0, 1),
        ("half", 1, 1),
    ]
    assert shifts[1].accused.total == 0
    assert shifts[1].as_json()["human_turned_synthetic"]["total"] == 0


def test_nothing_judged_shows_nothing() -> None:
    assert shifts_of([], np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64), seed=0) == ()
