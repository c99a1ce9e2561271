"""``artgate bundle``: what it shows, and how its exit statuses tell a script what is so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detector.bundle import read_bundle
from tests.bundles import WARRANTY, make_bundle, make_vouched_bundle
from tests.worker.cli.conftest import Outcome
from worker.cli.main import main


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_vouched_bundle(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Outcome:
    """Run a command that needs no server."""
    with pytest.raises(SystemExit) as ended:
        main(["bundle", *map(str, words)])
    printed = capsys.readouterr()
    return Outcome(status=int(ended.value.code or 0), out=printed.out, err=printed.err)


def test_what_is_shown_has_memory_warranty_and_runtimes(
    capsys: pytest.CaptureFixture[str], bundle: Path
) -> None:
    shown = run(capsys, "show", bundle)
    assert shown.status == 0
    for part in (
        "40 pictures of 4 groups",
        "numpy in float64",
        "20.0 % (13.3 to 28.9) of 100",
        "human called",
    ):
        assert part in shown.out
    assert "*" not in shown.out, "no cell is of few pictures"
    told = run(capsys, "show", bundle, "--format", "jsonl").lines[0]
    assert (told["memory"], told["tolerance"]) == ("memory.npz", 0.01)


def test_two_bundles_are_compared_as_diff_compares(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    other = make_bundle(tmp_path, seed=3)
    same, differ = run(capsys, "diff", bundle, bundle), run(capsys, "diff", bundle, other)
    assert (same.status, same.out) == (0, "the bundles are the same\n")
    assert (differ.status, differ.err) == (1, "")
    assert "tiny-3" in differ.out
    lines = run(capsys, "diff", bundle, other, "--format", "jsonl")
    assert lines.status == 1
    assert {"section": "bundle", "name": "name", "one": "tiny-0", "other": "tiny-3"} in lines.lines
    assert run(capsys, "diff", bundle, bundle, "--format", "jsonl").out == ""


def test_a_bundle_that_can_not_be_read_is_trouble(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    trouble = run(capsys, "diff", bundle, tmp_path / "nowhere")
    assert (trouble.status, trouble.out) == (2, "")
    assert "[bundle_invalid]" in trouble.err


def test_the_card_is_printed_or_written(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    printed = run(capsys, "card", bundle)
    assert (
        run(capsys, "card", bundle, "--out", tmp_path / "card.md").out
        == f"the card is in {tmp_path}/card.md\n"
    )
    assert (tmp_path / "card.md").read_text() == printed.out
    assert printed.out.startswith("# Model card: tiny-0\n")
    lost = run(capsys, "card", bundle, "--out", tmp_path / "no" / "folder.md")
    assert (lost.status, lost.out) == (2, "")
    assert "name another place" in lost.err


def report(path: Path, bundle: Path, **members: object) -> Path:
    """A report on a bundle, as far as this command reads it."""
    about = {"bundle": {"id": read_bundle(bundle).id}, "warranty": WARRANTY.model_dump(mode="json")}
    path.write_text(json.dumps(about | members))
    return path


def test_the_rates_of_a_report_are_written_into_a_bundle(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    bare = make_bundle(tmp_path)
    written = run(capsys, "warrant", bare, report(tmp_path / "report.json", bare), tmp_path / "out")
    assert (written.status, written.err) == (0, "")
    after = read_bundle(tmp_path / "out")
    assert after.warranty == WARRANTY
    assert f"bundle {after.id} is in {tmp_path}/out, with 3 cells" in written.out


def test_rates_that_were_measured_without_the_bundles_veto_are_refused(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    without = report(tmp_path / "without.json", bundle, vetoed=False)
    told = json.loads(without.read_bytes())
    told["bundle"]["veto"] = {"threshold": 0.5}
    without.write_text(json.dumps(told))
    refused = run(capsys, "warrant", bundle, without, tmp_path / "out")
    assert (refused.status, refused.err.count("\n")) == (3, 1)
    assert "made with --no-veto" in refused.err


def test_a_report_on_another_bundle_or_none_at_all_is_refused(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    other = report(tmp_path / "other.json", make_bundle(tmp_path, seed=2))
    refused = run(capsys, "warrant", bundle, other, tmp_path / "out")
    assert refused.status == 3
    assert "evaluate this one [bundle_incompatible]" in refused.err
    wrong = report(tmp_path / "wrong.json", bundle, warranty={"method": "m", "cells": [{"domain": 1}]})
    (tmp_path / "text.json").write_text("no report")
    for file in (wrong, tmp_path / "text.json", tmp_path / "absent.json"):
        refused = run(capsys, "warrant", bundle, file, tmp_path / "out")
        assert (refused.status, refused.err.count("\n")) == (3, 1)
        assert "[bad_request]" in refused.err
    assert not (tmp_path / "out").exists()
