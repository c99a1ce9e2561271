"""Which files a folder stands for, and how one is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detector.reasons import Reason, Rejected
from worker.files import files_below, read_file


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_every_regular_file_below_a_folder_is_found_in_name_order(tmp_path: Path) -> None:
    make(tmp_path, "b/z.png", "a.jpg", "b/.hidden", "b/deep/er/1.txt", "c d/ü.png")
    found = [str(path.relative_to(tmp_path)) for path in files_below([tmp_path])]
    assert found == ["a.jpg", "b/.hidden", "b/deep/er/1.txt", "b/z.png", "c d/ü.png"]


def test_arguments_keep_their_order_and_files_stand_for_themselves(tmp_path: Path) -> None:
    make(tmp_path, "b.png", "a/1.png")
    asked = [tmp_path / "b.png", tmp_path / "a", tmp_path / "gone.png"]
    assert list(files_below(asked)) == [tmp_path / "b.png", tmp_path / "a/1.png", tmp_path / "gone.png"]


def test_loops_and_pipes_are_passed_over_and_links_to_files_are_files(tmp_path: Path) -> None:
    make(tmp_path, "real/1.png")
    (tmp_path / "real/up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "link.png").symlink_to(tmp_path / "real/1.png")
    os.mkfifo(tmp_path / "pipe")
    assert list(files_below([tmp_path])) == [tmp_path / "link.png", tmp_path / "real/1.png"]


def test_a_folder_that_can_be_named_by_a_link_is_walked(tmp_path: Path) -> None:
    make(tmp_path, "real/1.png")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list(files_below([tmp_path / "link"])) == [tmp_path / "link/1.png"]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    assert read_file(tmp_path / "a.png", max_bytes=1) == b"x"


def test_a_pipe_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Rejected) as refused:
        read_file(tmp_path / "pipe", max_bytes=10)
    assert refused.value.reason is Reason.FILE_UNREADABLE


@pytest.mark.parametrize(
    ("name", "reason"),
    [("gone.png", Reason.FILE_UNREADABLE), (".", Reason.FILE_UNREADABLE), ("two.png", Reason.TOO_MANY_BYTES)],
)
def test_what_cannot_or_must_not_be_read_has_a_reason(name: str, reason: Reason, tmp_path: Path) -> None:
    (tmp_path / "two.png").write_bytes(b"xx")
    with pytest.raises(Rejected) as refused:
        read_file(tmp_path / name, max_bytes=1)
    assert refused.value.reason is reason
    assert str(tmp_path) not in refused.value.message
