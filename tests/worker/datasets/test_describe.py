"""What a manifest would give is told without fetching anything."""

from __future__ import annotations

from pathlib import Path

from tests.worker.datasets.sets import loaded, write_pictures
from worker.datasets.describe import Described, describe

CORPUS = "{name: %s, kind: csv, path: list.csv, split: %s, part: %s}"


def described(*sources: str, ground: Path) -> list[Described]:
    return describe(loaded(f"title: t\nsources: [{', '.join(sources)}]", ground), max_bytes=1)


def test_rows_of_local_sources_are_counted_by_what_is_said_of_them(tmp_path: Path) -> None:
    lines = ["path,label,group,domain,licence"]
    lines += [f"{number}.png,human,ann,photo,MIT" for number in range(3)]
    lines += [f"{number}.png,ai,flux,anime," for number in range(3, 5)]
    lines += ["5.png,robot,flux,anime,"]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    one, other = described("{name: a, kind: csv, path: list.csv}", ground=tmp_path)
    assert (one.label, one.group, one.domain, one.licence, one.pictures) == (
        "human",
        "ann",
        "photo",
        "MIT",
        3,
    )
    assert (other.label, other.pictures, other.licence) == ("ai", 2, "unstated")
    assert one.known == "exactly"
    limited = described("{name: a, kind: csv, path: list.csv, limit: 1, per: label}", ground=tmp_path)
    assert [entry.pictures for entry in limited] == [1, 1]


def test_of_a_part_by_picture_its_share_is_told(tmp_path: Path) -> None:
    write_pictures(tmp_path / "x", [f"{name}.png" for name in "abcd"])
    (entry,) = described(
        "{name: a, kind: folder, path: x, label: ai, part: {from: 0, to: 50}}", ground=tmp_path
    )
    assert (entry.pictures, entry.known, entry.note) == (2, "about", "part 0-50 % by picture")


def test_a_part_by_group_is_counted(tmp_path: Path) -> None:
    lines = [f"{number}.png,ai,group {number},photo" for number in range(40)]
    (tmp_path / "list.csv").write_text("\n".join(["path,label,group,domain", *lines]))
    entries = described(
        CORPUS % ("a", "train", "{from: 0, to: 50, by: group}"),
        CORPUS % ("b", "test", "{from: 50, to: 100, by: group}"),
        ground=tmp_path,
    )
    assert sum(entry.pictures or 0 for entry in entries) == 40
    assert {entry.split for entry in entries} == {"train", "test"}


def test_of_remote_sources_the_manifest_is_repeated(tmp_path: Path) -> None:
    """Nothing is asked: the address leads nowhere."""
    entries = described(
        "{name: a, kind: huggingface, dataset: b/c, label: {column: by, human: [ann], ai: rest}, limit: 7}",
        "{name: d, kind: huggingface, dataset: b/c, limit: 7, per: label, "
        "label: {column: by, human: [ann], ai: rest}}",
        "{name: e, kind: images_api, url: 'http://127.0.0.1:9/api', label: ai, generator: pony}",
        ground=tmp_path,
    )
    assert [(entry.source, entry.label, entry.pictures) for entry in entries] == [
        ("a", "by row", 7),
        ("d", "human", 7),
        ("d", "ai", 7),
        ("e", "ai", None),
    ]
    assert entries[3].generator == "pony"


def test_what_is_not_here_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    (entry,) = described("{name: a, kind: folder, path: x, label: ai, obtain: ask Ann}", ground=tmp_path)
    assert entry.note == f"{tmp_path / 'x'} is not there"
    assert entry.obtain == "ask Ann"


def test_a_column_that_is_not_there_and_rows_that_nobody_wants_are_told(tmp_path: Path) -> None:
    write_pictures(tmp_path / "x", ["a.png"])
    wrong, none = described(
        "{name: a, kind: folder, path: x, label: ai, group: {column: artist}}",
        "{name: b, kind: folder, path: x, label: ai, where: [{column: file, equals: b.png}]}",
        ground=tmp_path,
    )
    assert wrong.note.startswith("group: there is no column 'artist'")
    assert none.note == "no row is wanted: correct `where`, `label` or `part`"
