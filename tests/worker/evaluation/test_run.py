"""Evaluations of small bundles, from a manifest to a report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detector import load_bundle
from detector.policy import Label
from detector.reasons import Rejected
from detector.warranty import Warranty
from tests.worker.evaluation.evaluations import order, run
from worker.evaluation.order import deliveries_named, studies_named


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evaluation")


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, Any]:
    return run(order(folder, deliveries=deliveries_named("tiers,x,darker")))


def test_the_verdicts_are_those_of_the_bundle(report: dict[str, Any], folder: Path) -> None:
    detector = load_bundle(folder / "bundle-0")
    human = sorted((folder / "corpus").glob("human-*.png"))
    said = [detector.detect(file.read_bytes()).label for file in human]
    errors = report["deliveries"][0]["figures"]["errors"]
    assert errors["human_called_synthetic"]["count"] == said.count(Label.SYNTHETIC)
    assert errors["human_called_synthetic"]["total"] == len(human) == 15
    assert report["kind"] == "bundle"
    assert report["data"]["pictures"] == {"ai": 15, "human": 15}


def test_a_delivery_that_shows_nothing_is_told_as_not_measured(report: dict[str, Any]) -> None:
    by_name = {each["name"]: each for each in report["deliveries"]}
    assert list(by_name) == ["clean", "web", "hard", "x", "darker"]
    assert by_name["web"]["figures"] is None
    assert (by_name["web"]["measured"], by_name["web"]["pictures"]) == (0, 30)
    assert by_name["x"]["measured"] == 30, "platforms code small pictures anew"
    assert (by_name["x"]["shrinks"], by_name["x"]["shrunk"]) == (True, 0)
    assert by_name["clean"]["against_clean"] is None


def test_darker_pictures_look_human_to_a_bundle_of_brightness(report: dict[str, Any]) -> None:
    clean, darker = report["deliveries"][0], report["deliveries"][-1]
    called = [each["figures"]["errors"]["ai_called_genuine"]["count"] for each in (clean, darker)]
    assert called[1] > called[0]
    assert darker["against_clean"]["ai_turned_genuine"]["count"] == called[1] - called[0]


def test_a_report_is_json_and_carries_a_warranty(report: dict[str, Any]) -> None:
    json.dumps(report, allow_nan=False)
    warranty = Warranty.model_validate_json(json.dumps(report["warranty"]))
    assert {cell.tier for cell in warranty.cells} == {"clean"}


def test_the_worst_errors_are_shown_with_their_reasons(report: dict[str, Any]) -> None:
    missed = report["offenders"]["ai_called_genuine"]
    errors = report["deliveries"][0]["figures"]["errors"]["ai_called_genuine"]
    assert len(missed) == min(12, errors["count"])
    assert [each["probability"] for each in missed] == sorted(each["probability"] for each in missed)
    for each in missed:
        assert each["thumbnail"].startswith("data:image/jpeg;base64,")
        assert each["reasons"]


def test_the_same_order_gives_the_same_report(folder: Path, report: dict[str, Any]) -> None:
    again = run(order(folder, deliveries=deliveries_named("tiers,x,darker")))
    assert again == report


def test_folds_judge_all_pictures_and_studies_answer(folder: Path) -> None:
    chosen = {"deliveries": deliveries_named("darker"), "studies": studies_named("importance")}
    given = order(folder, cross_validate=True, **chosen)
    found = run(given)
    assert found["kind"] == "cross-validation"
    assert "fitted anew" in found["method"]
    assert "thresholds are the bundle's" in found["method"], "this one's were given"
    assert found["thresholds"] == {"genuine_below": [0.35, 0.35], "synthetic_from": [0.65, 0.65]}
    assert found["deliveries"][1]["measured"] == 30
    assert found["deliveries"][0]["figures"]["auc"]["value"] > 0.9
    (study,) = found["studies"]
    assert (study["name"], study["fits"]) == ("importance", 10)


def test_pictures_of_one_maker_have_their_error_and_no_ranking(tmp_path: Path) -> None:
    given = order(tmp_path)
    lines = given.manifest.read_text().splitlines()
    given.manifest.write_text("\n".join(line for line in lines if ",ai," not in line))
    found = run(given)
    clean = found["deliveries"][0]["figures"]
    assert clean["auc"]["value"] is None
    assert clean["errors"]["human_called_synthetic"]["total"] == 15
    assert any("All pictures are human" in remark for remark in found["remarks"])


def test_what_can_not_be_measured_is_counted_and_never_judged(tmp_path: Path) -> None:
    given = order(tmp_path)
    (given.manifest.parent / "ai-1-0.png").write_bytes(b"no picture")
    found = run(given)
    assert found["data"]["refused"] == {"unsupported_format": 1}
    assert found["data"]["pictures"] == {"ai": 14, "human": 15}
    assert any("could not be measured" in remark for remark in found["remarks"])


def test_the_split_that_is_tested_on_is_judged_unless_another_is_named(tmp_path: Path) -> None:
    given = order(tmp_path)
    header, *rows = given.manifest.read_text().splitlines()
    told = [f"{row},{'test' if ',human-0,' in row or ',ai-1,' in row else 'train'}" for row in rows]
    given.manifest.write_text("\n".join([f"{header},split", *told]))
    assert run(given)["data"]["pictures"] == {"ai": 3, "human": 3}
    assert run(replace(given, split="train"))["data"]["pictures"] == {"ai": 12, "human": 12}


def test_a_manifest_without_a_picture_is_refused(tmp_path: Path) -> None:
    given = order(tmp_path)
    given.manifest.write_text("path,label,group,domain\n")
    with pytest.raises(Rejected, match="no pictures"):
        run(given)
