"""``artgate train`` on a small corpus: a bundle that works, honest figures, and the same one again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from detector import load_bundle
from detector.bundle import read_bundle
from tests.detector.training.corpora import write_corpus
from tests.pictures import encode, painting
from worker.cli.main import main


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
