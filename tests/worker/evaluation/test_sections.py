"""A report says whose verdicts it tells, and under which thresholds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.bundle import Bundle, read_bundle
from detector.policy import Thresholds
from detector.training.band import ACCUSATION, Band, GaveWay
from detector.training.deciding import Decided, Ruling
from detector.training.folds import Fold
from tests.bundles import make_bundle
from tests.worker.evaluation.evaluations import order
from worker.evaluation.pictures import MeasuredPictures
from worker.evaluation.sections import method_of, remarks, thresholds_of

NONE = MeasuredPictures(entries=(), marks=(), refused={}, sha256="")
RUNTIME = {"runtime": "numpy", "precision": "float64"}
DEMANDS = {
    "max_false_accusation": 0.01,
    "max_false_clearance": None,
    "review_share": None,
    "costs": {"accusation": 100.0, "clearance": 10.0, "review": 1.0},
    "bound": "pictures",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sections")


@pytest.fixture(scope="module")
def vetoed(folder: Path) -> Bundle:
    """A bundle with solved thresholds and a veto, as far as a manifest says so."""
    made = read_bundle(make_bundle(folder))
    manifest = made.manifest | {"metrics": {"decision": {"weights": "fixed", "demands": DEMANDS}}}
    return replace(made, manifest=manifest, veto={"threshold": 0.5})


def test_folds_are_said_to_make_thresholds_and_veto_anew(folder: Path, vetoed: Bundle) -> None:
    said = method_of(order(folder, cross_validate=True), vetoed)
    assert "thresholds were solved on the others" in said
    assert "veto was tuned on the others" in said
    assert remarks(order(folder, cross_validate=True), vetoed, NONE, RUNTIME) == []


def test_a_veto_that_was_left_out_is_told(folder: Path, vetoed: Bundle) -> None:
    asked = order(folder, cross_validate=True, veto=False)
    assert "veto" not in method_of(asked, vetoed)
    (remark,) = remarks(asked, vetoed, NONE, RUNTIME)
    assert "a veto, which was left out" in remark


def test_a_verdict_that_folds_could_not_give_is_told(folder: Path, vetoed: Bundle) -> None:
    silent = Band(
        thresholds=Thresholds(genuine_below=0.2, synthetic_from=1.0),
        cost=1.0,
        reviewed=1.0,
        gave_way=(GaveWay(demand=ACCUSATION, asked=0.01, got=0.03),),
    )
    rulings = [Ruling(thresholds=silent.thresholds, objects_below=0.5, band=silent)] * 2
    rulings.append(replace(rulings[0], band=replace(silent, gave_way=())))
    fold = Fold(train=np.arange(2), test=np.arange(2, 4))
    decided = Decided(by_fold=tuple((fold, ruling) for ruling in rulings), shipped=rulings[0])
    (remark,) = remarks(order(folder, cross_validate=True), vetoed, NONE, RUNTIME, decided)
    assert remark.startswith("In 2 of 3 folds the pictures are too few to show the bound of 1 %")
    assert "nothing is called SYNTHETIC there" in remark
    assert thresholds_of(vetoed, decided)["synthetic_from"] == [1.0, 1.0]


def test_the_bundles_own_verdicts_are_under_its_own_thresholds(folder: Path, vetoed: Bundle) -> None:
    assert "asked its veto" in method_of(order(folder), vetoed)
    assert thresholds_of(vetoed, None) == {"genuine_below": [0.35, 0.35], "synthetic_from": [0.65, 0.65]}
