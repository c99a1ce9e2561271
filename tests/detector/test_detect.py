"""From bytes to verdicts, and the veto's place in it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import detector
from detector import Detector, Label, Reason, Rejected, Vector, Verdict, load_bundle
from detector.bundle import read_bundle
from detector.decode import DecodeLimits, decode
from detector.picture import Picture
from detector.reasons import Fault
from tests.bundles import SCHEMA, embedding_bundle, make_bundle
from tests.pictures import encode, flat, jpeg


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def judge(bundle: Path) -> Detector:
    return load_bundle(bundle)


def gray(level: int) -> bytes:
    return encode(flat(80, 90, (level, level, level)))


class Saying:
    """A veto that always says one thing, and notes how often it was asked."""

    threshold = 0.5

    def __init__(self, probability: float) -> None:
        self._says = probability
        self.asked = 0

    def probability(self, rgb: npt.NDArray[np.uint8]) -> float:
        assert rgb.dtype == np.uint8
        self.asked += 1
        return self._says


def with_veto(bundle: Path, probability: float) -> tuple[Detector, Saying]:
    veto: Any = Saying(probability)
    return Detector(read_bundle(bundle), embedder=None, veto=veto), veto


@pytest.mark.parametrize(
    ("level", "label"), [(60, Label.GENUINE), (131, Label.UNCERTAIN), (220, Label.SYNTHETIC)]
)
def test_bytes_get_a_verdict(judge: Detector, level: int, label: Label) -> None:
    verdict = judge.detect(gray(level))
    assert verdict.label is label
    assert list(verdict.members) == ["lightgbm", "svm", "random_forest"]
    members = verdict.members
    mean = 0.4 * members["lightgbm"] + 0.5 * members["svm"] + 0.1 * members["random_forest"]
    assert verdict.raw == pytest.approx(mean)
    assert verdict.bundle == judge.bundle.id
    assert (verdict.runtime, verdict.precision, verdict.stage_ms) == ("numpy", "float64", {})


def test_a_verdict_is_repeatable(judge: Detector) -> None:
    assert judge.detect(jpeg(seed=4)) == judge.detect(jpeg(seed=4))


def test_a_picture_that_is_too_small_gets_no_verdict(judge: Detector) -> None:
    with pytest.raises(Rejected) as caught:
        judge.detect(jpeg(63, 200))
    assert caught.value.reason is Reason.TOO_SMALL
    assert "200 x 63" in caught.value.message


def test_limits_hold_for_library_users_too(judge: Detector) -> None:
    with pytest.raises(Rejected) as caught:
        judge.detect(jpeg(), DecodeLimits(max_bytes=100))
    assert caught.value.reason is Reason.TOO_MANY_BYTES


def test_stored_vectors_get_the_verdicts_that_pictures_got(judge: Detector) -> None:
    """One number for all: live, and in a batch from the stored bytes."""
    live = [judge.detect(jpeg(seed=seed)) for seed in range(12)]
    stored = [Vector.from_bytes(SCHEMA, *verdict.vector.to_bytes()) for verdict in live]
    assert list(judge.judge_stored(stored, no_picture)) == live
    assert {verdict.label for verdict in live} == set(Label)


def no_picture(number: int) -> Picture:
    raise AssertionError("no picture is needed")


def vectors(judge: Detector) -> list[Vector]:
    """A GENUINE, an UNCERTAIN and a SYNTHETIC one."""
    return [judge.detect(gray(level)).vector for level in (60, 131, 220)]


@pytest.mark.parametrize(
    ("says", "label", "applied"), [(0.2, Label.UNCERTAIN, True), (0.5, Label.SYNTHETIC, False)]
)
def test_the_veto_is_asked_about_synthetic_ones_only_and_can_only_soften(
    bundle: Path, judge: Detector, says: float, label: Label, applied: bool
) -> None:
    vetoed, veto = with_veto(bundle, says)
    shown: list[int] = []

    def picture_of(number: int) -> Picture:
        shown.append(number)
        return decode(gray(220))

    genuine, uncertain, synthetic = vetoed.judge_stored(vectors(judge), picture_of)
    assert (shown, veto.asked) == ([2], 1)
    assert [genuine.label, uncertain.label, synthetic.label] == [Label.GENUINE, Label.UNCERTAIN, label]
    assert genuine.veto == detector.VetoOutcome()
    assert synthetic.veto == detector.VetoOutcome(
        applied=applied, probability=says, overruled=Label.SYNTHETIC if applied else None
    )
    assert synthetic.reason is None


def test_without_its_picture_a_synthetic_one_is_uncertain_and_says_why(bundle: Path, judge: Detector) -> None:
    vetoed, veto = with_veto(bundle, 0.99)

    def gone(number: int) -> Picture:
        raise Rejected(Reason.OBJECT_MISSING, "it is gone")

    *_, synthetic = vetoed.judge_stored(vectors(judge), gone)
    assert (synthetic.label, synthetic.reason) == (Label.UNCERTAIN, Reason.VETO_UNAVAILABLE)
    assert synthetic.veto == detector.VetoOutcome(overruled=Label.SYNTHETIC)
    assert veto.asked == 0


def test_verdicts_come_one_by_one_so_that_a_caller_may_stop(bundle: Path, judge: Detector) -> None:
    vetoed, veto = with_veto(bundle, 0.1)
    bright = vectors(judge)[2]
    first = next(vetoed.judge_stored([bright] * 5, lambda number: decode(gray(220))))
    assert isinstance(first, Verdict)
    assert veto.asked == 1


def test_a_live_verdict_asks_the_veto_for_the_picture_at_hand(bundle: Path) -> None:
    vetoed, veto = with_veto(bundle, 0.1)
    assert [vetoed.detect(gray(level)).label for level in (60, 220)] == [Label.GENUINE, Label.UNCERTAIN]
    assert veto.asked == 1


def test_would_be_synthetic_ones_are_counted_without_any_picture(bundle: Path, judge: Detector) -> None:
    vetoed, veto = with_veto(bundle, 0.1)
    assert vetoed.count_synthetic(vectors(judge)) == 1
    assert vetoed.count_synthetic([]) == 0
    assert list(vetoed.judge_stored([], no_picture)) == []
    assert (veto.asked, vetoed.has_veto, judge.has_veto) == (0, True, False)


def test_vectors_of_another_schema_are_not_scored(judge: Detector) -> None:
    other = detector.VectorSchema(groups=("hc148", "linework8"))
    with pytest.raises(ValueError, match=r"hc148\.v1 only"):
        list(judge.judge_stored([Vector.of(other, np.zeros(156))], no_picture))


def test_stages_are_measured_with_the_clock_that_is_given(bundle: Path) -> None:
    ticks: Callable[[], float] = itertools.count().__next__
    timed = Detector(read_bundle(bundle), embedder=None, veto=None, clock=ticks)
    assert timed.detect(gray(60)).stage_ms == {"features": 1000.0, "ensemble": 1000.0}


def test_a_bundle_with_an_embedding_says_where_its_weights_come_from(tmp_path: Path) -> None:
    path = embedding_bundle(tmp_path)
    with pytest.raises(Fault) as missing:
        load_bundle(path, tmp_path)
    assert missing.value.reason is Reason.WEIGHTS_MISSING
    assert "artgate weights fetch" in missing.value.message
    (tmp_path / f"{'0' * 64}.safetensors").write_bytes(b"other bytes")
    with pytest.raises(Fault) as changed:
        load_bundle(path, tmp_path)
    assert changed.value.reason is Reason.WEIGHTS_HASH_MISMATCH


def test_a_verdict_needs_no_learning_library(bundle: Path, tmp_path: Path) -> None:
    """Neither PyTorch nor LightGBM nor scikit-learn is imported for a bundle without backbone."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(gray(220))
    program = (
        "import sys; from pathlib import Path; from detector import load_bundle\n"
        f"print(load_bundle(Path({str(bundle)!r})).detect(Path({str(picture)!r}).read_bytes()).label)\n"
        "print(sorted({'torch', 'lightgbm', 'sklearn', 'timm'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:2] == ["SYNTHETIC", "[]"]


def test_the_face_of_the_package_is_what_it_says() -> None:
    for name in detector.__all__:
        assert getattr(detector, name) is not None
    with pytest.raises(AttributeError):
        _ = detector.nothing_of_that_name


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, detector\n"
        "print(sorted({'numpy', 'torch', 'PIL', 'cv2', 'pydantic', 'scipy'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
