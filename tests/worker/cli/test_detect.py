"""``artgate detect``: a line for every file."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from detector.bundle import CheckedRuntime, write_bundle
from tests.bundles import make_bundle, make_vouched_bundle, vouched_contents
from tests.pictures import encode, flat, jpeg
from tests.processes import family_of
from tests.worker.cli.shell import ARTGATE, artgate
from tests.worker.inbox import wait_until

JSONL = ("--format", "jsonl")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures, with others below it and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "below").mkdir()
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(jpeg(seed=number))
    (folder / "below" / "ü b.jpg").write_bytes(jpeg(seed=9))
    (folder / "notes.txt").write_text("no picture")
    return folder


def test_every_file_of_a_folder_gets_its_line_in_order(pictures: Path, bundle: Path) -> None:
    outcome = artgate("detect", pictures, *JSONL, "--bundle", bundle)
    assert outcome.status == 3, "one file is no picture"
    names = ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "below/ü b.jpg", "notes.txt"]
    assert [line["file"] for line in outcome.lines] == [str(pictures / name) for name in names]
    for line in outcome.lines[:-1]:
        assert list(line) == [
            "file",
            "verdict",
            "probability",
            "members",
            "veto",
            "warranty",
            "bundle",
            "runtime",
            "ms",
        ]
        assert line["verdict"] in {"GENUINE", "UNCERTAIN", "SYNTHETIC"}
        assert list(line["members"]) == ["lightgbm", "svm", "random_forest"]
        assert line["warranty"] is None, "this bundle states no rates"
        assert line["runtime"] == {"name": "numpy", "precision": "float64", "checked": True}
        assert line["veto"] == {"applied": False, "probability": None}
        assert re.fullmatch("[0-9a-f]{64}", line["bundle"])
        assert line["ms"] > 0
    error = outcome.lines[-1]["error"]
    assert error["code"] == "unsupported_format"
    assert outcome.lines[-1] == {"file": str(pictures / "notes.txt"), "error": error}
    assert error["message"]


def test_one_process_and_many_say_the_same(pictures: Path, bundle: Path) -> None:
    many = artgate("detect", pictures / "0.jpg", pictures / "1.jpg", *JSONL, "--bundle", bundle)
    one = artgate("detect", pictures / "1.jpg", *JSONL, "--bundle", bundle)
    assert (many.status, one.status) == (0, 0)
    assert many.lines[1] | {"ms": 0} == one.lines[0] | {"ms": 0}


def test_each_refusal_has_its_reason_and_the_others_their_verdicts(tmp_path: Path, bundle: Path) -> None:
    files = {
        "empty.png": b"",
        "good.jpg": jpeg(),
        "small.png": encode(flat(40, 90)),
        "truncated.jpg": jpeg()[:1500],
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "pipe")
    named = [tmp_path / name for name in (*files, "gone.png", "pipe")]
    outcome = artgate("detect", *named, *JSONL, "--bundle", bundle)
    assert outcome.status == 3
    codes = [line["error"]["code"] if "error" in line else line["verdict"][:0] for line in outcome.lines]
    unreadable = "file_unreadable"
    assert codes == ["empty", "", "too_small", "truncated", unreadable, unreadable]


def test_a_name_that_is_no_text_is_escaped(tmp_path: Path, bundle: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.jpg")).write_bytes(jpeg())
    for form in (JSONL, ()):
        outcome = artgate("detect", tmp_path, *form, "--bundle", bundle)
        assert (outcome.status, r"\udcff.jpg" in outcome.out) == (0, True)


def test_limits_of_the_settings_hold(pictures: Path, bundle: Path) -> None:
    outcome = artgate("detect", pictures / "0.jpg", *JSONL, "--bundle", bundle, ARTGATE_MAX_PIXELS=1000)
    assert outcome.lines[0]["error"]["code"] == "too_many_pixels"


def test_a_bundle_that_is_none_is_one_sentence(pictures: Path, tmp_path: Path) -> None:
    outcome = artgate("detect", pictures, *JSONL, "--bundle", tmp_path)
    assert (outcome.status, outcome.out) == (1, "")
    assert "[bundle_invalid]" in outcome.err.splitlines()[-1]
    assert "Traceback" not in outcome.err


def test_the_rate_of_the_stated_domain_goes_with_each_verdict(pictures: Path, tmp_path: Path) -> None:
    named = (pictures / "0.jpg", "--bundle", make_vouched_bundle(tmp_path))
    stated, unstated = (
        artgate("detect", *named, *JSONL, "--domain", "anime"),
        artgate("detect", *named, *JSONL),
    )
    assert (stated.lines[0]["warranty"]["domain"], stated.lines[0]["warranty"]["basis"]) == (
        "anime",
        "stated",
    )
    assert unstated.lines[0]["warranty"]["basis"] == "unstated"
    table = artgate("detect", *named)
    assert "95 % interval" in table.out
    assert "checked" not in table.err


def test_a_runtime_that_the_bundle_was_not_checked_with_is_warned_of_once(
    pictures: Path, tmp_path: Path
) -> None:
    other = CheckedRuntime(runtime="torch-cuda", precision="bfloat16")
    write_bundle(tmp_path / "other", replace(vouched_contents(), checked_runtimes=(other,)))
    outcome = artgate(
        "detect", pictures / "0.jpg", pictures / "1.jpg", *JSONL, "--bundle", tmp_path / "other"
    )
    assert outcome.status == 0
    assert [line["runtime"]["checked"] for line in outcome.lines] == [False, False]
    assert outcome.err.count("was not checked with numpy in float64") == 1


def test_an_empty_folder_is_done_at_once(tmp_path: Path) -> None:
    outcome = artgate("detect", tmp_path, *JSONL)
    assert (outcome.status, outcome.out) == (0, "")


def test_a_table_off_a_terminal_has_no_colours_and_cuts_nothing(pictures: Path, bundle: Path) -> None:
    outcome = artgate("detect", pictures, "--bundle", bundle)
    assert outcome.status == 3
    assert "below/ü b.jpg" in outcome.out
    assert "unsupported_format" in outcome.out
    assert "\x1b" not in outcome.out
    assert "7 of 7" in outcome.err


def test_a_table_on_a_terminal_has_colours(pictures: Path, bundle: Path) -> None:
    ours, theirs = pty.openpty()
    command: list[str | Path] = [ARTGATE, "detect", *sorted(pictures.glob("[01].jpg")), "--bundle", bundle]
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251 - as a terminal has
    with subprocess.Popen(
        command, stdout=theirs, stderr=theirs, env={**variables, "TERM": "xterm-256color"}
    ) as done:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert done.returncode == 0
    assert b"\x1b[3" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def test_ctrl_c_ends_it_without_a_traceback_and_leaves_no_process(tmp_path: Path, bundle: Path) -> None:
    picture = jpeg()
    for number in range(300):
        (tmp_path / f"{number:03}.jpg").write_bytes(picture)
    running = subprocess.Popen(
        [ARTGATE, "detect", tmp_path, *JSONL, "--bundle", bundle],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert running.stdout is not None
    running.stdout.readline()
    family = family_of(running.pid)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process
    _, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "Traceback" not in err
    wait_until(lambda: not any(child.alive for child in family), "the end of its processes", 10)
