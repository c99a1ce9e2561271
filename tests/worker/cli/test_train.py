"""``artgate train`` on a small corpus: a bundle that works, honest figures, and the same one again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from detector import load_bundle
from detector.bundle import read_bundle
from detector.embedding.backbone import build
from tests.detector.training.corpora import write_corpus
from tests.pictures import encode, painting
from worker.cli.main import main
from worker.weights.fetch import adopt
from worker.weights.folder import WeightsFolder


def train(manifest: Path, out: Path, *further: str) -> int:
    words = ["train", "--corpus", str(manifest), "--backbone", "none", "--out", str(out)]
    words += ["--cache", str(manifest.parent / "cache"), *further]
    with pytest.raises(SystemExit) as ended:
        main(words)
    return int(ended.value.code or 0)


def test_a_corpus_becomes_a_bundle_that_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = write_corpus(tmp_path)
    (tmp_path / "human-0-0.png").write_bytes(b"no picture")
    assert train(manifest, tmp_path / "bundle", "--name", "small") == 0
    said = capsys.readouterr()
    assert "left out human-0-0.png: unsupported_format" in said.err
    assert "human pictures called SYNTHETIC" in said.out
    detector = load_bundle(tmp_path / "bundle")
    assert detector.bundle.id in said.out
    bright = detector.detect(encode(painting(80, 80, 7) // 2 + 100))
    dark = detector.detect(encode(painting(80, 80, 7) // 2 + 10))
    assert dark.probability < 0.35 < 0.65 <= bright.probability
    manifest_of = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert manifest_of["data"]["refused"] == {"unsupported_format": 1}
    assert manifest_of["data"]["pictures"] == {"ai": 30, "human": 29}
    assert manifest_of["metrics"]["human_called_synthetic"]["all"]["total"] == 29
    assert manifest_of["data"]["accepted_shortcuts"] == []
    memory, warranty = detector.bundle.memory, detector.bundle.warranty
    assert memory is not None
    assert memory.overlaps(sha256=hashlib.sha256((tmp_path / "ai-1-0.png").read_bytes()).digest())
    assert not memory.overlaps(sha256=hashlib.sha256(b"no picture").digest())
    assert warranty is not None
    assert warranty.cells[0].human_called_synthetic is not None
    assert warranty.cells[0].human_called_synthetic.total == 29
    assert dark.warranty is not None
    assert dark.warranty.basis == "unstated"
    assert detector.bundle.checked_with("numpy", "float64")


def test_the_same_corpus_gives_the_same_bundle_whether_it_was_measured_before_or_not(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path, pictures=2)
    caches = {"cold": "one", "warm": "one", "cold again": "other"}
    for name, cache in caches.items():
        assert train(manifest, tmp_path / name, "--cache", str(tmp_path / cache)) == 0
    assert len({read_bundle(tmp_path / name).id for name in caches}) == 1


def test_pictures_that_are_held_out_are_not_learned_from(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path, pictures=2)
    held_out = tmp_path / "later" / "deep"
    held_out.mkdir(parents=True)
    (held_out / "another name.png").write_bytes((tmp_path / "ai-1-0.png").read_bytes())
    assert train(manifest, tmp_path / "bundle", "--held-out", str(held_out.parent)) == 0
    manifest_of = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert manifest_of["data"]["pictures"] == {"ai": 11, "human": 12}


def test_thresholds_are_solved_from_demands_and_the_gap_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_corpus(tmp_path, pictures=3)
    demands = ("--max-false-accusation", "0.3", "--review-capacity", "10", "--uploads", "1000")
    wishes = ("--weights", "folds", "--prior", "0.2", "--costs", "accusation=50")
    assert train(manifest, tmp_path / "bundle", *demands, *wishes) == 0
    said = capsys.readouterr().out
    assert "folds that split groups would have claimed" in said
    assert "solved thresholds: GENUINE below" in said
    written = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    decision = written["metrics"]["decision"]
    assert decision["demands"]["costs"] == {"accusation": 50.0, "clearance": 10.0, "review": 1.0}
    assert decision["reviewed"] <= 0.01
    assert decision["gave_way"] == []
    assert written["policy"]["prior"] == 0.2
    assert written["policy"]["synthetic_from"] != 0.65
    assert sum(written["ensemble"]["weights"].values()) == pytest.approx(1)
    assert set(written["metrics"]["plain"]) >= {"auc", "human_called_synthetic", "ai_called_genuine"}
    assert written["metrics"]["largest_human"]["all"]["probability"] < 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--costs", "review=cheap"), "--costs is written as"),
        (("--costs", "pride=3"), "--costs is written as"),
        (("--review-capacity", "5"), "go together"),
        (("--max-false-accusation", "2"), "between 0 and 1"),
        (("--prior", "0"), "--prior"),
        (("--bound", "groups"), "goes with a demand"),
        (("--veto-domains", ","), "names no domain"),
        (("--veto", "convnext_tiny/1-2/whole"), "a veto has one view"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_before_anything_is_read(
    tmp_path: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path / "nowhere.csv", tmp_path / "bundle", *words) == 3
    assert says in capsys.readouterr().err


def test_a_backbone_and_its_veto_become_a_bundle_that_is_the_same_when_it_is_measured_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(5)
    monkeypatch.setenv("ARTGATE_WEIGHTS_DIR", str(tmp_path / "weights"))
    save_file(build("test_efficientnet").state_dict(), tmp_path / "network.safetensors")
    adopt(tmp_path / "network.safetensors", None, WeightsFolder(tmp_path / "weights"), "test_efficientnet")
    manifest = write_corpus(tmp_path, groups=5, pictures=2)
    backbone = ("--backbone", "test_efficientnet")
    for out in ("cold", "warm"):
        assert train(manifest, tmp_path / out, *backbone, "--device", "cpu") == 0
    assert read_bundle(tmp_path / "cold").id == read_bundle(tmp_path / "warm").id
    bundle = read_bundle(tmp_path / "warm")
    assert bundle.schema.embedding == "test_efficientnet/last/whole"
    assert bundle.veto is not None
    assert bundle.veto["embedding"] == "test_efficientnet/last/whole"
    assert bundle.veto["domains"] == ["anime", "photo"], "all that the corpus has"
    capsys.readouterr()
    assert (
        train(manifest, tmp_path / "none", "--backbone", "test_efficientnet", "--veto-domains", "comic") == 3
    )
    assert "name some of anime, photo with --veto-domains" in capsys.readouterr().err


def test_a_corpus_with_a_shortcut_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_corpus(tmp_path)
    for seed, picture in enumerate(sorted(tmp_path.glob("ai-*.png"))):
        picture.write_bytes(encode(painting(96, 96, seed)))
    assert train(manifest, tmp_path / "bundle") == 3
    said = capsys.readouterr()
    assert "apart by size alone (AUC 1.00, at least 1.00)" in said.err
    assert "[corpus_shortcut]" in said.err
    assert "measured" not in said.err
    assert not (tmp_path / "bundle").exists()


def test_a_shortcut_that_was_accepted_stands_in_the_bundle(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path)
    for seed, picture in enumerate(sorted(tmp_path.glob("ai-*.png"))):
        picture.write_bytes(encode(painting(96, 96, seed)))
    assert train(manifest, tmp_path / "bundle", "--accept-shortcuts") == 0
    manifest_of = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert manifest_of["metrics"]["audit"]["size"] == {"auc": 1.0, "high": 1.0, "low": 1.0}
    assert manifest_of["metrics"]["audit"]["limit"] == 0.75
    assert "size" in manifest_of["data"]["accepted_shortcuts"]


def test_a_copy_in_another_group_is_left_out_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_corpus(tmp_path)
    (tmp_path / "ai-5-2.png").write_bytes((tmp_path / "ai-1-0.png").read_bytes())
    assert train(manifest, tmp_path / "bundle") == 0
    said = capsys.readouterr().err
    assert "left out ai-5-2.png: nearly the same as ai-1-0.png; 0 of 64 bits differ" in said
    assert read_bundle(tmp_path / "bundle").manifest["data"]["refused"] == {"near_duplicate": 1}


def test_a_manifest_that_can_not_be_used_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path / "nowhere.csv", tmp_path / "bundle") == 3
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "bundle").exists()


def test_a_backbone_that_is_no_embedding_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(write_corpus(tmp_path), tmp_path / "bundle", "--backbone", "no/such/thing") == 3
    assert "names no embedding" in capsys.readouterr().err
