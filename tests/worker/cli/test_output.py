"""How commands print, and show how far they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from detector.reasons import Fault, Reason, Rejected
from tests.worker.cli.shell import artgate
from worker.cli import failures, output
from worker.cli.output import Format, age, print_records
from worker.cli.progress import progress


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "\N{EN DASH}"),
        (0.4, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h 0m"),
        (90061, "1d 1h"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float | None, said: str) -> None:
    assert age(seconds) == said


def test_a_table_shows_markup_as_text_and_cuts_nothing_off_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    key = "[red]" + "x" * 100
    print_records([{"key": key, "p": 0.12345}], Format.TABLE, ("key", "p"))
    printed = capsys.readouterr().out
    assert key in printed
    assert "0.123 " in printed


def test_where_a_terminal_is_too_narrow_for_a_table_ids_stay_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output, "console", lambda: Console(width=80))
    rows = [{"id": f"{n}" + "a" * 40, "key": "pictures/" + "x" * 60, "none": None} for n in range(2)]
    print_records(rows, Format.TABLE, ("id", "key", "none"), title="items")
    lines = capsys.readouterr().out.splitlines()
    assert lines.count("items") == 2
    assert [line.split() for line in lines if "a" * 40 in line] == [["id", row["id"]] for row in rows]
    assert all(len(line) <= 80 for line in lines)


def test_a_letter_that_the_output_cannot_encode_is_escaped(tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text('{"bucket": "pictures", "key": "\u5bfa.jpg"}')
    printed = artgate("events", "parse", body, "--format", "table", PYTHONIOENCODING="ascii")
    assert printed.status == 0, printed.err
    assert r"\u5bfa.jpg" in printed.out


def test_json_lines_hold_every_member(capsys: pytest.CaptureFixture[str]) -> None:
    print_records([{"key": "ü", "other": Reason.EMPTY}], Format.JSONL, ("key",))
    line = capsys.readouterr().out
    assert json.loads(line) == {"key": "ü", "other": "empty"}
    assert "ü" in line


def test_progress_is_plain_lines_on_standard_error_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("scored", 10, every=0.0) as advance:
        advance(4)
        advance(10)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert [line.split(",")[0] for line in printed.err.splitlines()] == [
        "scored: 4 of 10",
        "scored: 10 of 10",
    ]


def test_slow_work_is_told_by_the_minute(capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([0.0, 20.0, 20.0, 20.0, 40.0, 40.0])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("worker.cli.progress.time.monotonic", lambda: next(clock))
        with progress("judged", 10) as advance:
            advance(2)
    assert capsys.readouterr().err == "judged: 2 of 10, 20 s, 6.0/min, 1m left\n"


def named(package: str, *names: str) -> Exception:
    """An error whose class and bases carry these names, as a library's would."""
    kind: type[Exception] = Exception
    for name in reversed(names):
        kind = type(name, (kind,), {"__module__": f"{package}.errors"})
    return kind("details with a password")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (named("psycopg", "ConnectionTimeout", "OperationalError"), Reason.DATABASE_UNAVAILABLE),
        (named("psycopg", "UndefinedTable", "ProgrammingError"), Reason.SETTINGS_INVALID),
        (named("redis", "ConnectionError"), Reason.BROKER_UNAVAILABLE),
        (named("botocore", "EndpointConnectionError"), Reason.STORAGE_UNAVAILABLE),
    ],
)
def test_errors_of_servers_become_one_sentence_without_details(error: Exception, reason: Reason) -> None:
    ours = failures.from_library(error)
    assert ours is not None
    assert ours.reason is reason
    assert "password" not in failures.sentence(ours)


def test_faults_of_the_code_stay_what_they_are() -> None:
    assert failures.from_library(ValueError("x")) is None
    assert failures.from_library(named("psycopg", "SyntaxError", "ProgrammingError")) is None
    assert isinstance(failures.from_library(named("psycopg", "UndefinedColumn")), Fault)
    assert not isinstance(failures.from_library(named("redis", "X")), Rejected)
