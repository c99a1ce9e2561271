"""A manifest is read whole or refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin, read_corpus
from tests.detector.training.corpora import write_corpus


def test_a_manifest_gives_its_pictures_in_its_order(tmp_path: Path) -> None:
    entries = read_corpus(write_corpus(tmp_path))
    assert entries[0].origin is Origin.HUMAN
    assert entries[0].file.is_file()
    assert {entry.origin for entry in entries} == set(Origin)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("nowhere.png,human,g,photo", "line 2 names nowhere.png, which is not there"),
        (",human,g,photo", "line 2 names no path"),
        ("a.png,robot,g,photo", "expected human or ai"),
        ("a.png,human,,photo", "no group"),
        ("a.png,human,g,all", "stands for all of them"),
    ],
)
def test_a_line_that_can_not_be_used_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    (tmp_path / "a.png").touch()
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(f"path,label,group,domain\n{line}\n")
    with pytest.raises(Rejected, match=complaint) as refused:
        read_corpus(manifest)
    assert refused.value.reason is Reason.CORPUS_INVALID


def test_missing_columns_are_named(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("path,label\n")
    with pytest.raises(Rejected, match="lacks the columns group, domain"):
        read_corpus(tmp_path / "manifest.csv")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00path", None])
def test_what_is_no_text_or_not_there_is_refused(tmp_path: Path, content: bytes | None) -> None:
    manifest = tmp_path / "manifest.csv"
    if content is not None:
        manifest.write_bytes(content)
    with pytest.raises(Rejected, match="can't be read"):
        read_corpus(manifest)


def test_a_corpus_of_too_few_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="too few"):
        read_corpus(write_corpus(tmp_path, groups=4))


def test_a_picture_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path)
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join([*lines, lines[1]]))
    with pytest.raises(Rejected, match="twice"):
        read_corpus(manifest)
