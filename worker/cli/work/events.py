"""Reads event bodies from files and prints their records."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

from detector.reasons import Reason, Rejected
from worker.cli.failures import REFUSED
from worker.cli.output import Format, json_line, print_records, printable
from worker.files import read_file
from worker.notifications import Record
from worker.notifications import parse as parsed
from worker.settings import read_settings

Line = dict[str, Any]
"""A record, or why a file has none."""

_MEMBERS = ("system", "kind", "bucket", "key", "version_id", "etag", "size", "sequencer")
_COLUMNS = ("file", "record", *_MEMBERS)
_STDIN = Path("-")


def parse(files: Iterable[Path], format_: Format) -> None:
    """Print a line for each record or refused file; exit status 3 where some were refused."""
    largest = read_settings().hook_max_body
    lines = [line for file in files for line in _lines(file, largest)]
    if format_ is Format.JSONL:
        for line in lines:
            typer.echo(json_line(line))
    else:
        _print_table(lines)
    if any("error" in line for line in lines):
        raise typer.Exit(REFUSED)


def _lines(file: Path, largest: int) -> Iterator[Line]:
    name = str(file)
    try:
        for index, record in enumerate(parsed(_read(file, largest))):
            yield {"file": name, "record": index, **_members(record)}
    except Rejected as error:
        yield {"file": name, "error": {"code": error.reason.value, "message": error.message}}


def _members(record: Record) -> Line:
    return {member: getattr(record, member) for member in _MEMBERS}


def _read(file: Path, largest: int) -> bytes:
    """A body, as long as the hook would let it be.

    Raises:
        Rejected: ``request_too_large``, ``file_unreadable``.
    """
    if file != _STDIN:
        try:
            return read_file(file, max_bytes=largest)
        except Rejected as error:
            if error.reason is not Reason.TOO_MANY_BYTES:
                raise
            raise _too_large(largest) from None
    body = sys.stdin.buffer.read(largest + 1)
    if len(body) > largest:
        raise _too_large(largest)
    return body


def _too_large(largest: int) -> Rejected:
    return Rejected(
        Reason.REQUEST_TOO_LARGE, f"the body is larger than the {largest} bytes of ARTGATE_HOOK_MAX_BODY"
    )


def _print_table(lines: list[Line]) -> None:
    read = [line for line in lines if "error" not in line]
    if read:
        print_records(read, Format.TABLE, _COLUMNS)
    for line in lines:
        if "error" in line:
            error = line["error"]
            typer.echo(printable(f"{line['file']}: {error['message']} [{error['code']}]"), err=True)
