"""Folders, CSV files, parquet files and data sets of the hub give their rows, again and again the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detector.reasons import ArtgateError, Fault, Reason, Rejected
from tests.worker.datasets.sets import (
    embedded,
    picture,
    place_at,
    records,
    write_parquet,
    write_pictures,
)
from worker.datasets.manifest import parse_manifest
from worker.datasets.reading import read
from worker.datasets.record import Bookmark

FOLDER = "title: t\nsources: [{name: a, kind: folder, path: pictures, label: human%s}]"
CSV = "title: t\nsources: [{name: a, kind: csv, path: list.csv%s}]"
PARQUET = "title: t\nsources: [{name: a, kind: parquet, path: rows.parquet, label: human%s}]"
HUB = "title: t\nsources: [{name: a, kind: huggingface, dataset: ./set, label: human%s}]"


def refusal(text: str, ground: Path) -> ArtgateError:
    with pytest.raises(ArtgateError) as refused:
        records(text, ground)
    assert refused.value.message.startswith("source a: ") or "source a needs" in refused.value.message
    return refused.value


def test_a_folder_tells_of_each_file_where_it_lies(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", ["b.png", "ann/deep/a.png"])
    first, second = records(FOLDER % "", tmp_path)
    assert first.columns == {
        "path": "ann/deep/a.png",
        "file": "a.png",
        "folder": "ann",
        "folders": "ann/deep",
    }
    assert (second.key, second.columns["folder"]) == ("b.png", "")
    assert (first.fetch(), second.fetch()) == (picture(1), picture(0))


def test_shuffled_is_another_order_and_always_the_same(tmp_path: Path) -> None:
    write_pictures(tmp_path / "pictures", [f"{number:02}.png" for number in range(20)])
    given = [row.key for row in records(FOLDER % "", tmp_path)]
    shuffled = [row.key for row in records(FOLDER % ", order: shuffled", tmp_path)]
    assert shuffled == [row.key for row in records(FOLDER % ", order: shuffled", tmp_path)]
    assert given == sorted(shuffled) != shuffled
    (source,) = parse_manifest(FOLDER % ", order: shuffled").sources
    other = [row.key for row in read(source, place_at(tmp_path, seed=1)) if not isinstance(row, Bookmark)]
    assert sorted(other) == given
    assert other != shuffled


def test_what_is_not_there_is_told_with_how_to_get_it(tmp_path: Path) -> None:
    error = refusal(FOLDER % ", obtain: ask Ann for it", tmp_path)
    assert error.message == f"source a: {tmp_path / 'pictures'} is not there; ask Ann for it"
    (tmp_path / "pictures").touch()
    assert "is no folder" in refusal(FOLDER % "", tmp_path).message


def test_a_csv_file_gives_its_rows_and_files_beside_it(tmp_path: Path) -> None:
    write_pictures(tmp_path, ["a.png"])
    (tmp_path / "list.csv").write_text("path,label,artist\na.png,human,ann\ngone.png,ai,\n")
    first, second = records(CSV % "", tmp_path)
    assert (first.key, first.columns["artist"], first.fetch()) == ("a.png", "ann", picture(0))
    with pytest.raises(Rejected) as refused:
        second.fetch()
    assert refused.value.reason is Reason.FILE_UNREADABLE


def test_a_csv_file_without_the_column_of_paths_is_told_its_columns(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("file,label\na.png,human\n")
    message = refusal(CSV % "", tmp_path).message
    assert "picture: there is no column 'path'; the columns are: file, label" in message


def test_what_is_no_text_is_no_csv_file(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"\xff\xfe")
    assert "can't be read (UnicodeDecodeError)" in refusal(CSV % "", tmp_path).message


def test_parquet_gives_embedded_images_and_leaves_them_out_of_the_columns(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "rows.parquet",
        [{"image": embedded(n), "raw": picture(n + 50), "by": n} for n in range(5)],
        group=2,
    )
    rows = records(PARQUET % "", tmp_path)
    assert [row.columns for row in rows] == [{"by": number} for number in range(5)]
    assert [row.fetch() for row in rows] == [picture(number) for number in range(5)]
    assert [row.fetch() for row in records(PARQUET % ", picture: raw", tmp_path)] == [
        picture(number + 50) for number in range(5)
    ]
    shuffled = records(PARQUET % ", order: shuffled", tmp_path)
    assert {row.key: row.fetch() for row in shuffled} == {row.key: row.fetch() for row in rows}


def test_classes_in_parquet_have_their_names_and_their_numbers(tmp_path: Path) -> None:
    feature = {"label": {"names": ["AiArtData", "RealArt"], "_type": "ClassLabel"}}
    table = pa.Table.from_pylist([{"image": embedded(n), "label": n} for n in range(2)])
    notes = {b"huggingface": json.dumps({"info": {"features": feature}}).encode()}
    pq.write_table(table.replace_schema_metadata(notes), tmp_path / "rows.parquet")
    assert [row.columns for row in records(PARQUET % "", tmp_path)] == [
        {"label": "AiArtData", "label#": 0},
        {"label": "RealArt", "label#": 1},
    ]


def test_parquet_of_nothing_but_images_still_has_its_rows(tmp_path: Path) -> None:
    write_parquet(tmp_path / "rows.parquet", [{"image": embedded(n)} for n in range(3)])
    assert [row.fetch() for row in records(PARQUET % "", tmp_path)] == [picture(n) for n in range(3)]


def test_a_row_without_a_picture_is_refused_by_itself(tmp_path: Path) -> None:
    write_parquet(tmp_path / "rows.parquet", [{"image": embedded(0)}, {"image": None}])
    first, second = records(PARQUET % "", tmp_path)
    assert first.fetch() == picture(0)
    with pytest.raises(Rejected, match="no bytes"):
        second.fetch()


def test_parquet_that_is_none_or_lacks_the_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"no parquet")
    assert "is no parquet file" in refusal(PARQUET % "", tmp_path).message
    write_parquet(tmp_path / "rows.parquet", [{"picture": embedded(0), "by": 1}])
    assert (
        "there is no column 'image'; the columns are: by, picture" in refusal(PARQUET % "", tmp_path).message
    )
    empty = "title: t\nsources: [{name: a, kind: parquet, path: none, label: human}]"
    (tmp_path / "none").mkdir()
    assert "no file that ends in .parquet" in refusal(empty, tmp_path).message


def write_hub_set(folder: Path, count: int) -> None:
    """A data set as the hub has them: a card that names classes, and parquet files by split."""
    features = [
        {"name": "image", "dtype": "image"},
        {"name": "label", "dtype": {"class_label": {"names": {"0": "AiArtData", "1": "RealArt"}}}},
        {"name": "tags", "dtype": "string"},
    ]
    rows = [{"image": embedded(n), "label": n % 2, "tags": f"tag {n}"} for n in range(count)]
    write_parquet(folder / "data" / "train-00000-of-00001.parquet", rows)
    card = {
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": "data/train-*"}]}],
        "dataset_info": {"features": features},
    }
    (folder / "README.md").write_text(f"---\n{json.dumps(card)}\n---\n")


def test_a_data_set_of_the_hub_is_streamed_with_the_names_of_its_classes(tmp_path: Path) -> None:
    write_hub_set(tmp_path / "set", 4)
    rows = records(HUB % "", tmp_path)
    assert [row.columns for row in rows[:2]] == [
        {"label": "AiArtData", "label#": 0, "tags": "tag 0"},
        {"label": "RealArt", "label#": 1, "tags": "tag 1"},
    ]
    assert [row.fetch() for row in rows] == [picture(number) for number in range(4)]


def test_a_stream_has_bookmarks_and_goes_on_at_one(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"image": {"bytes": b"x", "path": None}, "n": n} for n in range(250)]
    write_parquet(tmp_path / "set" / "train.parquet", rows)
    (source,) = parse_manifest(HUB % "").sources
    given = list(read(source, place_at(tmp_path)))
    assert [item.place for item in given if isinstance(item, Bookmark)] == ["100", "200"]
    after = [row.columns["n"] for row in records(HUB % "", tmp_path, start="200")]
    assert after == list(range(200, 250))


def test_a_shuffled_stream_has_all_rows_in_one_drawn_order(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"image": {"bytes": b"x", "path": None}, "n": n} for n in range(60)]
    write_parquet(tmp_path / "set" / "train.parquet", rows)
    drawn = [row.columns["n"] for row in records(HUB % ", order: shuffled", tmp_path)]
    assert drawn == [row.columns["n"] for row in records(HUB % ", order: shuffled", tmp_path)]
    assert drawn != sorted(drawn, key=str)
    assert set(drawn) == set(range(60))


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (", picture: photo", "there is no column 'photo'; the columns are: image, label, tags"),
        (", hub_split: dev", "can't be read so"),
        (", config: core", "can't be read so"),
    ],
)
def test_what_a_data_set_does_not_have_is_told(tmp_path: Path, more: str, complaint: str) -> None:
    write_hub_set(tmp_path / "set", 2)
    error = refusal(HUB % more, tmp_path)
    assert isinstance(error, Rejected)
    assert complaint in error.message


def test_a_hub_that_does_not_answer_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    error = refusal("title: t\nsources: [{name: a, kind: huggingface, dataset: b/c, label: ai}]", tmp_path)
    assert error.reason is Reason.DATASET_UNAVAILABLE
    assert "the hub does not answer (ConnectError); check the network" in error.message


@pytest.mark.parametrize(("text", "module"), [(PARQUET % "", "pyarrow.parquet"), (HUB % "", "datasets")])
def test_without_the_extra_one_is_told_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    error = refusal(text, tmp_path)
    assert isinstance(error, Fault)
    assert "install it with `pip install 'artgate[data]'`" in error.message
