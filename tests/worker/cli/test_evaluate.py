"""``artgate evaluate`` as a newcomer calls it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from detector.embedding.backbone import build
from tests.bundles import make_bundle
from tests.detector.training.corpora import write_corpus
from tests.worker.cli.shell import artgate
from worker.weights.fetch import adopt
from worker.weights.folder import WeightsFolder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("evaluate")
    make_bundle(made)
    write_corpus(made, groups=5, pictures=2)
    return made


def words(folder: Path) -> list[str]:
    places = [str(folder / name) for name in ("bundle-0", "manifest.csv")]
    return ["evaluate", *places, "--out", str(folder / "report"), "--cache", str(folder / "cache")]


def test_a_report_is_written_told_and_can_be_repeated(folder: Path) -> None:
    done = artgate(*words(folder), "--vouch-unseen", "--deliveries", "discord")
    assert done.status == 0, done.err
    assert "worst domain, human called SYNTHETIC" in done.out
    page, figures = folder / "report" / "report.html", folder / "report" / "report.json"
    assert str(page) in done.out
    assert page.read_text().startswith("<!DOCTYPE html>")
    first = figures.read_bytes()
    command = shlex.split(json.loads(first)["made"]["command"])
    assert command[:2] == ["artgate", "evaluate"]
    again = artgate(*command[1:], "--cache", folder / "cache")
    assert again.status == 0, again.err
    assert figures.read_bytes() == first


def test_a_bundle_that_does_not_know_its_training_is_refused_in_one_sentence(folder: Path) -> None:
    done = artgate(*words(folder))
    assert done.status == 3
    assert "--cross-validate" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_leaving_the_veto_out_of_a_bundles_own_verdicts_is_refused_in_one_sentence(folder: Path) -> None:
    done = artgate(*words(folder), "--no-veto")
    assert done.status == 3
    assert done.err.count("\n") == 1
    assert "--no-veto goes with --cross-validate" in done.err


def test_a_bundle_is_cross_validated_with_its_veto(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(5)
    monkeypatch.setenv("ARTGATE_WEIGHTS_DIR", str(tmp_path / "weights"))
    save_file(build("test_efficientnet").state_dict(), tmp_path / "network.safetensors")
    adopt(tmp_path / "network.safetensors", None, WeightsFolder(tmp_path / "weights"), "test_efficientnet")
    manifest = write_corpus(tmp_path, groups=5, pictures=2)
    cache = ("--cache", tmp_path / "cache")
    demands = ("--max-false-accusation", "0.4", "--max-false-clearance", "0.4")
    backbone = ("--backbone", "test_efficientnet", "--device", "cpu")
    bundle = tmp_path / "bundle"
    made = artgate("train", "--corpus", manifest, "--out", bundle, *backbone, *demands, *cache)
    assert made.status == 0, made.err
    asked = ("evaluate", bundle, manifest, "--cross-validate", "--deliveries", "discord", *cache)
    told = artgate(*asked, "--out", tmp_path / "with")
    assert told.status == 0, told.err
    report = json.loads((tmp_path / "with" / "report.json").read_text())
    assert report["vetoed"] is True
    assert "thresholds were solved on the others" in report["method"]
    assert "veto was tuned on the others" in report["method"]


def test_an_unknown_delivery_is_refused_before_anything_is_measured(folder: Path) -> None:
    done = artgate(*words(folder), "--deliveries", "post")
    assert done.status == 3
    assert done.err.count("\n") == 1
    assert "choose among all, tiers" in done.err
