"""``artgate data``, as one who begins with a folder of pictures meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.training.corpus import read_corpus
from tests.pictures import encode, painting
from tests.worker.cli.conftest import Outcome
from tests.worker.datasets.sets import rows_of, write_pictures
from worker.cli.main import main

MANIFEST = """
title: Works of our platform
sources:
  - {name: people, kind: folder, path: people, label: human, group: {column: folder, prefix: p/}, limit: 9}
  - {name: machines, kind: folder, path: machines, label: ai, group: {column: folder}}
"""


@pytest.fixture
def ground(tmp_path: Path) -> Path:
    """A manifest and its pictures, one of which is none."""
    for first, folder in enumerate(("people", "machines")):
        names = [f"{group}/{each}.png" for group in range(5) for each in range(2)]
        write_pictures(tmp_path / folder, names, first=100 * first)
    (tmp_path / "machines" / "0" / "notes.txt").write_text("no picture")
    (tmp_path / "my.yaml").write_text(MANIFEST)
    return tmp_path


def artgate(capsys: pytest.CaptureFixture[str], *words: object) -> Outcome:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    printed = capsys.readouterr()
    return Outcome(status=int(stopped.value.code or 0), out=printed.out, err=printed.err)


def test_a_manifest_is_described_gathered_checked_and_read(
    ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described = artgate(capsys, "data", "describe", ground / "my.yaml")
    assert described.status == 0
    assert "train, human: 9\ntrain, ai: 11\n" in described.out

    gathered = artgate(capsys, "data", "gather", ground / "my.yaml", ground / "out")
    assert gathered.status == 0
    assert "train: 10 ai pictures\ntrain: 9 human pictures\nleft out: 1 x unsupported_format" in gathered.out
    assert "gathered: 19" in gathered.err

    checked = artgate(capsys, "data", "check", ground / "out")
    assert checked.status == 0
    assert checked.out == "19 pictures in train: nothing is in two splits, nothing has two labels\n"

    assert len(read_corpus(ground / "out" / "manifest.csv", learned_from=False)) == 19


def test_details_tell_of_each_group(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = artgate(capsys, "data", "describe", ground / "my.yaml", "--format", "jsonl").lines
    assert [line["group"] for line in lines[:5]] == [f"p/{number}" for number in range(5)]
    assert sum(line["pictures"] for line in lines) == 20
    assert "p/4" in artgate(capsys, "data", "describe", ground / "my.yaml", "--details").out


def test_leaks_are_listed_and_end_with_three(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    artgate(capsys, "data", "gather", ground / "my.yaml", ground / "out")
    pixels = painting(80, 80, 3)
    lines = ["path,label,group,split"]
    for split, form in (("train", "PNG"), ("test", "JPEG")):
        (ground / f"{split}.bin").write_bytes(encode(pixels, form))
        lines.append(f"{split}.bin,human,{split},{split}")
    (ground / "list.csv").write_text("\n".join(lines))
    checked = artgate(capsys, "data", "check", ground / "list.csv", "--format", "jsonl")
    assert checked.status == 3
    (line,) = checked.lines
    assert (line["leak"], line["one"], line["other"]) == ("near-duplicate", "train.bin", "test.bin")
    assert "2 pictures in train, test: 1 x near-duplicate; take these apart" in checked.err

    against = artgate(capsys, "data", "check", ground / "out", "--against", ground / "out" / "manifest.csv")
    assert against.status == 3
    assert "19 x same bytes" in against.err
    assert rows_of(ground / "out" / "manifest.csv")[0]["path"] in against.out


def test_fewer_pictures_than_expected_end_with_three(
    ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ground / "my.yaml").write_text(f"{MANIFEST}\nexpected: {{train: {{human: 10}}}}\n")
    gathered = artgate(capsys, "data", "gather", ground / "my.yaml", ground / "out")
    assert gathered.status == 3
    assert "fewer than expected: train: 9 of 10 human pictures" in gathered.err
    assert (ground / "out" / "manifest.csv").exists()


def test_a_wrong_manifest_is_one_sentence(ground: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ground / "my.yaml").write_text(MANIFEST.replace("limit: 9", "limt: 9"))
    refused = artgate(capsys, "data", "describe", ground / "my.yaml")
    assert refused.status == 3
    assert refused.err == (
        "artgate: source people: limt: there is no such field; correct its spelling or leave it out "
        "[dataset_invalid]\n"
    )


def test_the_published_manifests_are_listed_and_described_offline(capsys: pytest.CaptureFixture[str]) -> None:
    listed = artgate(capsys, "data", "manifests", "--format", "jsonl").lines
    assert [line["name"] for line in listed] == ["published-test", "published-training"]
    for line in listed:
        described = artgate(capsys, "data", "describe", line["name"])
        assert described.status == 0
        assert json.dumps(line["title"])[1:20] in described.out
