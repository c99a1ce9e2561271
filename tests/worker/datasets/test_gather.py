"""What a manifest names is gathered whole and once, whatever happens, and nothing gets lost silently."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detector.decode import decode
from detector.reasons import ArtgateError, Fault, Reason, Rejected
from detector.training.corpus import Origin, read_corpus
from tests.pictures import encode, painting
from tests.worker.datasets.api import images_api
from tests.worker.datasets.sets import (
    MAX_BYTES,
    gathered,
    loaded,
    means,
    picture,
    rows_of,
    write_parquet,
    write_pictures,
)
from worker.datasets.gather import gather
from worker.datasets.journal import NAME

PEOPLE = (
    "{name: people, kind: folder, path: people, label: human, group: {column: folder, prefix: people/}%s}"
)
MACHINES = "{name: machines, kind: folder, path: machines, label: ai, group: {column: folder}%s}"


def with_sources(*sources: str, more: str = "") -> str:
    return f"title: t\n{more}\nsources: [{', '.join(sources)}]"


def two_labels(folder: Path, groups: int = 5) -> str:
    write_pictures(
        folder / "people", [f"{number}/{each}.png" for number in range(groups) for each in range(2)]
    )
    write_pictures(
        folder / "machines", [f"{number}/{each}.png" for number in range(groups) for each in range(2)], 100
    )
    return with_sources(PEOPLE % "", MACHINES % ", generator: {column: folder}")


def test_what_was_gathered_can_be_trained_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    finished = gathered(two_labels(tmp_path), tmp_path, out)
    assert finished.pictures == {("train", Origin.HUMAN): 10, ("train", Origin.AI): 10}
    entries = read_corpus(out / "manifest.csv")
    assert {entry.group for entry in entries if entry.origin is Origin.HUMAN} == {
        f"people/{n}" for n in range(5)
    }
    row = rows_of(out / "manifest.csv")[0]
    data = (out / row["path"]).read_bytes()
    assert data == picture(0)
    assert row["sha256"] == hashlib.sha256(data).hexdigest()
    assert (row["width"], row["height"], row["format"], row["split"]) == ("72", "72", "PNG", "train")
    assert (row["source"], row["dataset"], row["licence"]) == ("people", "folder people", "unstated")


def test_a_picture_without_a_group_is_listed_and_not_kept(tmp_path: Path) -> None:
    write_pictures(tmp_path / "people", ["a.png", "ann/b.png"])
    finished = gathered(with_sources(PEOPLE % ""), tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 1}
    (failure,) = rows_of(tmp_path / "out" / "failures.csv")
    assert (failure["key"], failure["reason"]) == ("a.png", "label_unknown")


def test_every_refusal_has_its_own_reason(tmp_path: Path) -> None:
    folder = tmp_path / "people" / "ann"
    write_pictures(folder, ["a.png", "b.png"])
    (folder / "again.png").write_bytes(picture(0))
    (folder / "broken.png").write_bytes(picture(7)[:400])
    (folder / "empty.png").touch()
    (folder / "huge.png").write_bytes(b"x" * (MAX_BYTES + 1))
    (folder / "notes.txt").write_text("no picture")
    (folder / "tiny.png").write_bytes(picture(8, side=32))
    finished = gathered(with_sources(PEOPLE % ""), tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 2}
    failures = rows_of(tmp_path / "out" / "failures.csv")
    assert {row["key"].removeprefix("ann/"): row["reason"] for row in failures} == {
        "again.png": "duplicate",
        "broken.png": "truncated",
        "empty.png": "empty",
        "huge.png": "too_many_bytes",
        "notes.txt": "unsupported_format",
        "tiny.png": "too_small",
    }
    assert all(row["message"] for row in failures)
    assert sum(finished.refused.values()) == 6


def test_refused_pictures_do_not_count_towards_a_limit(tmp_path: Path) -> None:
    folder = tmp_path / "people" / "ann"
    write_pictures(folder, ["b.png", "c.png", "d.png"])
    (folder / "a.png").write_bytes(b"no picture")
    finished = gathered(with_sources(PEOPLE % ", limit: 2"), tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 2}
    assert [row["sha256"] for row in rows_of(tmp_path / "out" / "manifest.csv")] == [
        hashlib.sha256(picture(seed)).hexdigest() for seed in (0, 1)
    ]


def test_parts_of_one_data_set_have_nothing_in_common_and_leave_nothing_out(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "rows.parquet",
        [{"image": {"bytes": picture(n), "path": None}, "label": n % 2} for n in range(24)],
    )
    one = (
        "{name: %s, kind: parquet, path: rows.parquet, split: %s, "
        "label: {column: label, human: 0, ai: 1}, part: %s}"
    )
    text = with_sources(
        one % ("first", "train", "{from: 0, to: 50}"), one % ("second", "test", "{from: 50, to: 100}")
    )
    finished = gathered(text, tmp_path, tmp_path / "out")
    rows = rows_of(tmp_path / "out" / "manifest.csv")
    assert len({row["sha256"] for row in rows}) == sum(finished.pictures.values()) == 24
    assert {row["split"] for row in rows} == {"train", "test"}
    assert {row["part"] for row in rows} == {"0-50 % by picture", "50-100 % by picture"}


def test_nearly_the_same_picture_in_two_splits_stays_only_where_it_is_tested_on(tmp_path: Path) -> None:
    pixels = painting(96, 120, 5)
    write_pictures(tmp_path / "people", ["ann/a.png"])
    (tmp_path / "people" / "ann" / "copy.png").write_bytes(encode(pixels))
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "again.jpg").write_bytes(encode(pixels, "JPEG", quality=60))
    later = "{name: later, kind: folder, path: later, split: test, label: human}"
    finished = gathered(with_sources(PEOPLE % "", later), tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 1, ("test", Origin.HUMAN): 1}
    (failure,) = rows_of(tmp_path / "out" / "failures.csv")
    assert (failure["key"], failure["reason"]) == ("ann/copy.png", "near_duplicate")
    assert "later/again.jpg is nearly the same" in failure["message"]


def test_nearly_the_same_picture_in_two_groups_stays_in_the_first(tmp_path: Path) -> None:
    """Cross-validation takes the groups apart, and would be tested on what it was trained on."""
    pixels = painting(96, 120, 5)
    write_pictures(tmp_path / "people", ["ann/a.png", "ben/a.png"])
    (tmp_path / "people" / "ann" / "b.png").write_bytes(encode(pixels))
    (tmp_path / "people" / "ben" / "b.jpg").write_bytes(encode(pixels, "JPEG", quality=60))
    finished = gathered(with_sources(PEOPLE % ""), tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 3}
    (failure,) = rows_of(tmp_path / "out" / "failures.csv")
    assert (failure["key"], failure["reason"]) == ("ben/b.jpg", "near_duplicate")


def test_the_same_bytes_under_both_labels_are_not_kept_under_either(tmp_path: Path) -> None:
    text = two_labels(tmp_path)
    (tmp_path / "machines" / "0" / "0.png").write_bytes(picture(0))
    finished = gathered(text, tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 9, ("train", Origin.AI): 9}
    failures = rows_of(tmp_path / "out" / "failures.csv")
    assert [(row["entry"], row["reason"]) for row in failures] == [
        ("people", "label_contradicted"),
        ("machines", "label_contradicted"),
    ]


def test_splits_that_share_a_group_are_an_error_and_give_no_manifest(tmp_path: Path) -> None:
    text = two_labels(tmp_path)
    write_pictures(tmp_path / "later", ["0/x.png"], first=300)
    later = PEOPLE.replace("people, kind: folder, path: people", "later, kind: folder, path: later")
    later %= ", split: test"
    with pytest.raises(Rejected, match="shared group, people/0: 1 in test, 2 in train") as refused:
        gathered(text.replace("sources: [", f"sources: [{later}, "), tmp_path, tmp_path / "out")
    assert refused.value.reason is Reason.DATASET_LEAKS
    assert not (tmp_path / "out" / "manifest.csv").exists()


def test_a_gathering_that_is_killed_again_and_again_ends_as_if_it_were_not(tmp_path: Path) -> None:
    """``kill -9`` every few pictures: nothing is lost, nothing is there twice, and the end is the same."""
    (tmp_path / "m.yaml").write_text(two_labels(tmp_path))
    (tmp_path / "people" / "0" / "broken.png").write_bytes(b"no picture")
    gathered((tmp_path / "m.yaml").read_text(), tmp_path, tmp_path / "straight")
    words = [sys.executable, "-m", "tests.worker.datasets.doomed", str(tmp_path), str(tmp_path / "killed")]
    kept = 0
    for _ in range(3):
        with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            kept += len(child.stdout.read(5))
            child.kill()
    assert kept == 15
    unfinished = next((tmp_path / "killed").glob("images/*")) / ".half a picture"
    unfinished.touch()
    assert not (tmp_path / "killed" / "manifest.csv").exists()
    gathered((tmp_path / "m.yaml").read_text(), tmp_path, tmp_path / "killed")
    assert not list((tmp_path / "killed").glob("images/*/.*"))
    for name in ("manifest.csv", "failures.csv"):
        assert (tmp_path / "killed" / name).read_text() == (tmp_path / "straight" / name).read_text()


def test_a_half_written_line_and_a_lost_file_are_made_good(tmp_path: Path) -> None:
    text, out = two_labels(tmp_path), tmp_path / "out"
    gathered(text, tmp_path, out)
    whole = (out / "manifest.csv").read_text()
    rows = rows_of(out / "manifest.csv")
    (out / rows[3]["path"]).unlink()
    (out / rows[12]["path"]).write_bytes(b"")
    with (out / NAME).open("a") as journal:
        journal.write('{"kept": {"entry": "peo')
    gathered(text, tmp_path, out)
    assert sorted((out / "manifest.csv").read_text().splitlines()) == sorted(whole.splitlines())
    assert all(decode((out / row["path"]).read_bytes()) for row in rows)
    gathered(text, tmp_path, out)
    assert sorted((out / "manifest.csv").read_text().splitlines()) == sorted(whole.splitlines())


def test_an_interrupted_api_goes_on_with_its_page(tmp_path: Path) -> None:
    with images_api(7) as api:
        api.refuse = lambda path: (401, {}) if "cursor=6" in path else None
        with pytest.raises(ArtgateError, match="refuses the request with 401"):
            gathered(api.manifest(), tmp_path, tmp_path / "out")
        first = list(api.requests)
        api.requests.clear()
        api.refuse = lambda _: None
        finished = gathered(api.manifest(), tmp_path, tmp_path / "out")
    assert sum("pictures" in path for path in first) == 6
    assert [path.partition("?")[0].rpartition("/")[2] for path in api.requests] == ["images", "6"]
    assert finished.pictures == {("train", Origin.AI): 7}


def test_a_source_that_can_not_be_had_does_not_hold_up_the_others(tmp_path: Path) -> None:
    text = two_labels(tmp_path).replace(
        "sources: [", "sources: [{name: gone, kind: folder, path: gone, label: ai, obtain: ask Ann}, "
    )
    told: list[str] = []
    with pytest.raises(Rejected, match="ask Ann"):
        gather(loaded(text, tmp_path), tmp_path / "out", means(told))
    assert told == [f"source gone: {tmp_path / 'gone'} is not there; ask Ann"]
    assert not (tmp_path / "out" / "manifest.csv").exists()
    assert len(list((tmp_path / "out" / "images").rglob("*.png"))) == 20
    finished = gather(loaded(text, tmp_path), tmp_path / "out", means(), left_out=["gone"])
    assert sum(finished.pictures.values()) == 20


def test_several_that_are_missing_are_told_one_by_one_and_counted(tmp_path: Path) -> None:
    text = with_sources(
        *(f"{{name: {name}, kind: folder, path: {name}, label: ai, obtain: ask Ann}}" for name in ("a", "b"))
    )
    told: list[str] = []
    with pytest.raises(Rejected, match="2 sources are missing, as said above"):
        gather(loaded(text, tmp_path), tmp_path / "out", means(told))
    assert [line.rpartition("; ")[2] for line in told] == ["ask Ann", "see above"]


def test_a_source_that_changed_needs_another_folder(tmp_path: Path) -> None:
    text = two_labels(tmp_path)
    gathered(text, tmp_path, tmp_path / "out")
    with pytest.raises(Rejected, match=r"source people is not what .* was begun with"):
        gathered(text.replace("label: human", "label: human, limit: 3"), tmp_path, tmp_path / "out")
    with pytest.raises(Rejected, match="was begun with a source people, which the manifest does not have"):
        gathered(with_sources(MACHINES % ""), tmp_path, tmp_path / "out")


def test_a_source_may_be_added_later(tmp_path: Path) -> None:
    text = two_labels(tmp_path)
    gathered(with_sources(PEOPLE % ""), tmp_path, tmp_path / "out")
    finished = gathered(text, tmp_path, tmp_path / "out")
    assert finished.pictures == {("train", Origin.HUMAN): 10, ("train", Origin.AI): 10}


def test_no_manifest_of_an_earlier_end_outlives_a_failure(tmp_path: Path) -> None:
    text = two_labels(tmp_path)
    gathered(text, tmp_path, tmp_path / "out")
    gone = "{name: gone, kind: folder, path: gone, label: ai}"
    with pytest.raises(Rejected, match="gone is not there"):
        gathered(text.replace("sources: [", f"sources: [{gone}, "), tmp_path, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.csv").exists()


def test_two_gatherings_at_once_are_refused(tmp_path: Path) -> None:
    text = two_labels(tmp_path)

    def meet(data: bytes) -> object:
        with pytest.raises(Rejected, match="another process is gathering"):
            gathered(text, tmp_path, tmp_path / "out")
        return decode(data)

    gather(loaded(text, tmp_path), tmp_path / "out", replace(means(), examine=meet))  # type: ignore[arg-type]


def test_fewer_than_expected_is_said(tmp_path: Path) -> None:
    write_pictures(tmp_path / "people", ["ann/a.png"])
    text = with_sources(PEOPLE % "", more="expected: {train: {human: 3, ai: 1}}")
    finished = gathered(text, tmp_path, tmp_path / "out")
    assert list(finished.short) == ["train: 1 of 3 human pictures", "train: 0 of 1 ai pictures"]


def test_a_journal_that_is_none_is_told_by_its_line(tmp_path: Path) -> None:
    text, out = two_labels(tmp_path), tmp_path / "out"
    out.mkdir()
    (out / NAME).write_text('{"begun": "people"}\nno json\n')
    with pytest.raises(Rejected, match=r"line 2 of .* is broken"):
        gathered(text, tmp_path, out)


def test_the_pictures_are_the_files_as_they_came(tmp_path: Path) -> None:
    (tmp_path / "people" / "ann").mkdir(parents=True)
    noted = encode(np.full((80, 90, 3), 7, np.uint8), "JPEG", comment=b"kept")
    (tmp_path / "people" / "ann" / "a.bin").write_bytes(noted)
    gathered(with_sources(PEOPLE % ""), tmp_path, tmp_path / "out")
    (row,) = rows_of(tmp_path / "out" / "manifest.csv")
    assert row["path"].endswith(".jpg")
    assert (tmp_path / "out" / row["path"]).read_bytes() == noted


def test_a_source_that_gives_nothing_is_told_what_its_rows_look_like(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "rows.parquet",
        [{"image": {"bytes": picture(n), "path": None}, "label": n} for n in range(2)],
    )
    rows = "{name: rows, kind: parquet, path: rows.parquet, %s}"
    wrong = rows % "label: ai, where: [{column: label, equals: AiArtData}]"
    with pytest.raises(Rejected) as refused:
        gathered(with_sources(wrong), tmp_path, tmp_path / "one")
    assert refused.value.message == (
        "source rows: none of 2 rows gave a picture (the column label has '0', '1'); correct its `where`, "
        "`label` or `part`, or do without it"
    )
    with pytest.raises(Rejected, match=r"2 x label_unknown; the column label has '0', '1'"):
        gathered(with_sources(rows % "label: {column: label, human: real}"), tmp_path, tmp_path / "two")


def test_labels_that_are_spelled_otherwise_are_noticed_before_a_whole_stream_is_read(tmp_path: Path) -> None:
    rows = [{"image": {"bytes": b"x", "path": None}, "label": "made by a machine"} for _ in range(300)]
    write_parquet(tmp_path / "rows.parquet", rows)
    text = with_sources("{name: rows, kind: parquet, path: rows.parquet, label: {column: label, ai: fake}}")
    with pytest.raises(Rejected, match=r"none of 200 rows .* the column label has 'made by a machine'"):
        gathered(text, tmp_path, tmp_path / "out")


def test_a_source_to_do_without_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no source men to do without; its sources are people, machines"):
        gather(loaded(two_labels(tmp_path), tmp_path), tmp_path / "out", means(), left_out=["men"])


def test_a_folder_that_can_not_be_written_to_is_one_sentence(tmp_path: Path) -> None:
    text = two_labels(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(Fault, match=r"can't be written to \(Not a directory\); make room or allow it"):
        gathered(text, tmp_path, tmp_path / "file" / "out")
