"""What tells two bundles apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detector.bundle import Bundle, CheckedRuntime, Contents, read_bundle, write_bundle
from detector.calibration import Platt
from detector.ensemble import Ensemble
from detector.evaluation.difference import differences
from detector.policy import Policy, Thresholds
from tests.bundles import SCHEMA, WARRANTY, make_vouched_bundle, vouched_contents


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return read_bundle(make_vouched_bundle(tmp_path))


def written(folder: Path, contents: Contents) -> Bundle:
    write_bundle(folder / "changed", contents)
    return read_bundle(folder / "changed")


def heavier(contents: Contents) -> Contents:
    """With another weight of one member."""
    seats = dict(contents.ensemble.seats)
    seats["svm"] = replace(seats["svm"], weight=0.6)
    return replace(contents, ensemble=Ensemble(seats, SCHEMA.length))


GIVEN = vouched_contents()
CHANGES = {
    "policy": replace(
        GIVEN, policy=Policy(thresholds=Thresholds(genuine_below=0.3, synthetic_from=0.65), prior=0.5)
    ),
    "members": heavier(GIVEN),
    "metrics": replace(GIVEN, metrics={"auc": 0.6}),
    "warranty": replace(GIVEN, warranty=WARRANTY.model_copy(update={"cells": WARRANTY.cells[:2]})),
    "runtimes": replace(GIVEN, checked_runtimes=(CheckedRuntime(runtime="other", precision="float32"),)),
    "data": replace(GIVEN, data={"pictures": 1}),
    "libraries": replace(GIVEN, libraries={"numpy": "0"}),
    "bundle": replace(GIVEN, name="another"),
}


def test_a_bundle_does_not_differ_from_itself(bundle: Bundle) -> None:
    assert differences(bundle, bundle) == []


@pytest.mark.parametrize("section", CHANGES)
def test_one_change_is_told_in_its_section_alone(bundle: Bundle, tmp_path: Path, section: str) -> None:
    found = differences(bundle, written(tmp_path, CHANGES[section]))
    assert {it.section for it in found} == {section}
    assert all(it.one != it.other for it in found)


def test_a_calibration_is_compared_by_what_it_makes_of_raw_scores(bundle: Bundle, tmp_path: Path) -> None:
    found = differences(bundle, written(tmp_path, replace(GIVEN, calibration=Platt(2.0, 0.0))))
    told = {it.name: (it.one, it.other) for it in found if it.section == "calibration"}
    assert told == {
        "kind": ("isotonic", "platt"),
        "of 0.1": (0.1, 0.0122),
        "of 0.3": (0.3, 0.1552),
        "of 0.7": (0.7, 0.8448),
        "of 0.9": (0.9, 0.9878),
    }


def test_what_one_of_them_lacks_is_none_on_its_side(bundle: Bundle, tmp_path: Path) -> None:
    bare = written(tmp_path, replace(GIVEN, warranty=None, memory=None))
    found = {(it.section, it.name): it for it in differences(bundle, bare)}
    assert found["parts", "memory.npz"].other is None
    assert found["warranty", "photo clean human_called_synthetic"].one == "20.0 % (13.3 to 28.9) of 100"
    assert {it.one is None for it in differences(bare, bundle)} == {True}
