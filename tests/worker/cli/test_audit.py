"""``artgate data audit`` on small corpora: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.bundle import read_bundle
from tests.bundles import make_bundle
from tests.detector.training.corpora import write_corpus
from tests.pictures import encode, painting
from worker.cli.main import main


def audit(manifest: Path, *further: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["data", "audit", str(manifest), *further])
    return int(ended.value.code or 0)


def test_a_harmless_corpus_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = write_corpus(tmp_path)
    (tmp_path / "human-0-0.png").write_bytes(b"no picture")
    assert audit(manifest) == 0
    said = capsys.readouterr().out
    assert "59 pictures of 12 groups: 29 by people, 30 by generators" in said
    assert "left out human-0-0.png: unsupported_format" in said
    assert "No shortcut" in said


def test_a_bundle_is_tried_on_changed_copies_and_everything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, out = write_corpus(tmp_path, pictures=2, side=140), tmp_path / "deep" / "audit"
    bundle = make_bundle(tmp_path)
    assert audit(manifest, "--bundle", str(bundle), "--sample", "2", "--out", str(out)) == 0
    said = capsys.readouterr()
    assert "on 2 pictures and their changed copies" in said.out
    assert "judged with their copies: 2 of 2" in said.err
    record = json.loads((out / "audit.json").read_text())
    assert record["verdicts"]["bundle"] == read_bundle(bundle).id
    assert record["verdicts"]["variants"]["png"]["changed"]["count"] == 0
    assert record["command"].startswith("artgate data audit")
    assert record["command"] in (out / "audit.html").read_text()


def test_a_shortcut_is_refused_after_everything_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, out = write_corpus(tmp_path), tmp_path / "audit"
    for picture in tmp_path.glob("ai-*.png"):
        picture.write_bytes(encode(painting(72, 72, len(picture.name)), "JPEG"))
    assert audit(manifest, "--out", str(out)) == 3
    said = capsys.readouterr()
    assert "SHORTCUT" in said.out
    assert said.err.splitlines()[-1].startswith("artgate: the classes can be told apart by")
    assert "[corpus_shortcut]" in said.err
    assert "format" in json.loads((out / "audit.json").read_text())["shortcuts"]


def test_pictures_that_the_bundle_was_trained_on_say_nothing_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "seen").mkdir()
    (tmp_path / "more").mkdir()
    seen, more = write_corpus(tmp_path / "seen", pictures=2), write_corpus(tmp_path / "more", pictures=3)
    with pytest.raises(SystemExit):
        main(
            [
                "train",
                "--corpus",
                str(seen),
                "--backbone",
                "none",
                "--out",
                str(tmp_path / "bundle"),
                "--cache",
                str(tmp_path / "cache"),
            ]
        )
    capsys.readouterr()
    bundle = ("--bundle", str(tmp_path / "bundle"), "--sample", "1")
    assert audit(seen, *bundle) == 3
    assert "the bundle was trained on every picture of the corpus" in capsys.readouterr().err
    assert audit(more, *bundle) == 0
    assert "24 pictures that the bundle was trained on were left out" in capsys.readouterr().out


def test_bad_words_are_refused_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = write_corpus(tmp_path, pictures=2)
    assert audit(tmp_path / "nowhere.csv") == 3
    assert capsys.readouterr().err.count("\n") == 1
    assert audit(manifest, "--bundle", str(tmp_path / "nowhere")) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert audit(manifest, "--max-shortcut-auc", "0.3") == 2
    (tmp_path / "taken").touch()
    assert audit(manifest, "--out", str(tmp_path / "taken")) == 2
