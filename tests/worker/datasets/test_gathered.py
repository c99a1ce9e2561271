"""A CSV manifest is read as rows whose leaks can be looked for, with hashes or without."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from detector.decode import decode
from detector.perceptual import perceptual_hash
from detector.reasons import Reason, Rejected
from detector.training.leakage import Row
from tests.worker.datasets.sets import MAX_BYTES, picture, write_pictures
from worker.datasets.gathered import count_rows, manifest_of, read_rows


def rows(manifest: Path, split: str | None = None) -> list[Row]:
    return list(read_rows(manifest, decode, max_bytes=MAX_BYTES, split=split))


def test_hashes_that_are_not_told_are_computed(tmp_path: Path) -> None:
    write_pictures(tmp_path, ["a.png"])
    manifest = tmp_path / "list.csv"
    manifest.write_text("path,label,group\na.png,human,ann\n")
    (row,) = rows(manifest)
    assert (row.sha256, row.split) == (hashlib.sha256(picture(0)).hexdigest(), "train")
    assert row.perceptual == perceptual_hash(decode(picture(0)))


def test_told_hashes_are_believed_and_the_split_may_be_given(tmp_path: Path) -> None:
    manifest = tmp_path / "list.csv"
    manifest.write_text("path,label,group,split,sha256,perceptual_hash\ngone.png,ai,g,test,ab,-5\n")
    assert (rows(manifest)[0].split, rows(manifest)[0].perceptual) == ("test", -5)
    assert rows(manifest, split="other")[0].split == "other"
    assert count_rows(manifest) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("path,label\n", "lacks the columns group"),
        ("path,label,group\na.png,robot,g\n", "row 2 has the label 'robot'"),
        ("path,label,group,sha256,perceptual_hash\na.png,ai,g,ab,x\n", "row 2 has a perceptual hash"),
        ("path,label,group\nbroken.png,ai,g\n", r"row 2 of .*broken\.png: .* Leave it out"),
        ("path,label,group\ngone.png,ai,g\n", r"row 2 of .*gone\.png: .* Leave it out"),
    ],
)
def test_what_can_not_be_used_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "broken.png").write_bytes(picture(0)[:300])
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(Rejected, match=complaint):
        rows(tmp_path / "list.csv")


def test_a_folder_stands_for_its_manifest(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refused:
        manifest_of(tmp_path)
    assert refused.value.reason is Reason.DATASET_INVALID
    (tmp_path / "manifest.csv").touch()
    assert manifest_of(tmp_path) == tmp_path / "manifest.csv"
