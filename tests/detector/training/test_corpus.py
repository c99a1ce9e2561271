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


def test_a_corpus_of_too_few_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="5 human pictures are too few: 10 are needed"):
        read_corpus(write_corpus(tmp_path, groups=5, pictures=1))


def test_a_picture_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path)
    lines = manifest.read_text().splitlines()
    manifest.write_text("\n".join([*lines, lines[1]]))
    with pytest.raises(Rejected, match="twice"):
        read_corpus(manifest)


def with_splits(manifest: Path, splits: list[str]) -> None:
    """Give the pictures of each group the next of some splits."""
    header, *lines = manifest.read_text().splitlines()
    groups = sorted({line.split(",")[2] for line in lines})
    split_of = {group: splits[number % len(splits)] for number, group in enumerate(groups)}
    manifest.write_text(
        "\n".join([f"{header},split", *(f"{line},{split_of[line.split(',')[2]]}" for line in lines)])
    )


def test_one_split_is_read_and_an_empty_one_is_trained_on(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path, groups=15, pictures=2)
    with_splits(manifest, ["train", "", "test"])
    trained, tested = read_corpus(manifest), read_corpus(manifest, split="test")
    assert (len(trained), len(tested)) == (40, 20)
    assert not {entry.group for entry in trained} & {entry.group for entry in tested}


def test_without_a_column_of_splits_every_row_belongs_to_each(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path, pictures=2)
    assert read_corpus(manifest) == read_corpus(manifest, split="test")


def test_a_file_of_another_split_need_not_be_there(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path, groups=15, pictures=2)
    with_splits(manifest, ["train", "", "test"])
    for entry in read_corpus(manifest, split="test"):
        entry.file.unlink()
    assert len(read_corpus(manifest)) == 40


def test_a_split_that_nothing_belongs_to_is_named(tmp_path: Path) -> None:
    manifest = write_corpus(tmp_path, pictures=1)
    with_splits(manifest, ["train"])
    with pytest.raises(Rejected, match="split 'dev' has no pictures"):
        read_corpus(manifest, split="dev")
