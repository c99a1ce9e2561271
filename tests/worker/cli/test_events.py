"""``artgate events parse``: a contract that other people's scripts stand on."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.worker.cli.conftest import Artgate, Outcome
from worker.cli.main import main

BODIES = Path(__file__).parents[2] / "data" / "events" / "bodies"
MEMBERS = ["file", "record", "system", "kind", "bucket", "key", "version_id", "etag", "size", "sequencer"]


@pytest.fixture
def parse(capsys: pytest.CaptureFixture[str]) -> Artgate:
    """Runs the command, without any server."""

    def run(*words: object) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main(["events", "parse", *(str(word) for word in words)])
        printed = capsys.readouterr()
        return Outcome(status=int(stopped.value.code or 0), out=printed.out, err=printed.err)

    return run


def test_each_record_is_a_line_with_these_members(parse: Artgate) -> None:
    """In this order, counted from 0 in each file, absent ones null."""
    file = BODIES / "13_aws-s3_put-two-records-plus-space.json"
    printed = parse(file, file, "--format", "jsonl")
    assert printed.status == 0
    assert [list(line) for line in printed.lines] == [MEMBERS] * 4
    assert [line["record"] for line in printed.lines] == [0, 1, 0, 1]
    assert printed.lines[1] == {
        "file": str(file),
        "record": 1,
        "system": "aws-s3",
        "kind": "created",
        "bucket": "sourcebucket",
        "key": "New File.jpg",
        "version_id": None,
        "etag": "0123456789abcdef0123456789abcdef",
        "size": 1024,
        "sequencer": "0A1B2C3D4E5F678901",
    }


def test_a_file_that_is_refused_is_a_line_and_status_3(parse: Artgate, tmp_path: Path) -> None:
    """The others are read all the same."""
    broken = tmp_path / "broken.json"
    broken.write_text('{"hello": "world"}')
    good = BODIES / "62_minio_complete-multipart-bare-record.json"
    printed = parse(broken, tmp_path / "missing.json", good, "--format", "jsonl")
    assert printed.status == 3
    first, second, third = printed.lines
    assert first == {
        "file": str(broken),
        "error": {"code": "bad_event", "message": first["error"]["message"]},
    }
    assert "expected" in first["error"]["message"]
    assert second["error"]["code"] == "file_unreadable"
    assert third["key"] == "y25.gif"


def test_a_body_that_the_hook_would_not_read_is_refused(
    parse: Artgate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which setting."""
    monkeypatch.setenv("ARTGATE_HOOK_MAX_BODY", "10")
    large = tmp_path / "large.json"
    large.write_text(" " * 11)
    printed = parse(large, "--format", "jsonl")
    assert printed.lines[0]["error"]["code"] == "request_too_large"


def test_standard_input_is_a_file_too(parse: Artgate, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a pipe's end."""
    body = io.BytesIO(json.dumps({"bucket": "b", "key": "k"}).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(body))
    assert parse("-", "--format", "jsonl").lines[0]["key"] == "k"


def test_a_person_gets_a_table_and_sentences(parse: Artgate, tmp_path: Path) -> None:
    """Refusals apart, on standard error."""
    broken = tmp_path / "broken.json"
    broken.write_text("[")
    printed = parse(BODIES / "60_minio_put-unicode.json", broken)
    assert printed.status == 3
    assert "需求.md" in printed.out
    assert printed.err.endswith("[bad_event]\n")
