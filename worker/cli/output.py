"""How commands print results: a table for a person, JSON lines for a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console


class Format(StrEnum):
    """Shape of a command's results on standard output."""

    TABLE = "table"
    JSONL = "jsonl"


FormatOption = Annotated[Format, typer.Option("--format", help="Table for people, JSON lines for scripts.")]
"""The option that every command with results takes."""


def console() -> Console:
    """Standard output with colours where it is a terminal; wide where it is not, so that nothing is cut."""
    from rich.console import Console  # noqa: PLC0415 - JSON lines need no rich

    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def print_records(
    records: Iterable[Mapping[str, object]], format_: Format, columns: Sequence[str], title: str | None = None
) -> None:
    """Print ``records``: all members as JSON lines, or ``columns`` of them as a table."""
    if format_ is Format.JSONL:
        for record in records:
            typer.echo(json_line(record))
        return
    from rich.table import Table  # noqa: PLC0415 - JSON lines need no rich

    table = Table(*columns, title=title, title_justify="left")
    for record in records:
        table.add_row(*(cell(record.get(column)) for column in columns))
    console().print(table)


def print_facts(facts: Mapping[str, object], title: str | None = None) -> None:
    """Print one record as two columns, leaving out what is absent."""
    from rich.table import Table  # noqa: PLC0415 - JSON lines need no rich

    table = Table(show_header=False, box=None)
    for name, value in facts.items():
        if value is not None:
            table.add_row(f"[dim]{name.replace('_', ' ')}[/dim]", cell(value))
    if title is not None:
        typer.echo(title)  # above the table: a title of rich's is folded to the table's width
    console().print(table)


def json_line(record: Mapping[str, object]) -> str:
    """One line of JSON; times in ISO 8601, ids and codes as text."""
    return printable(json.dumps(record, default=str, ensure_ascii=False))


def printable(text: str) -> str:
    """Text that UTF-8 can hold: what of a file's name is none is escaped, in the way of JSON."""
    return text.encode(errors="backslashreplace").decode()


def cell(value: object) -> str:
    """Text of one cell, safe from being read as markup."""
    from rich.markup import escape  # noqa: PLC0415 - JSON lines need no rich

    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, float):
        return f"{value:.3f}"
    return escape(str(value))


def age(seconds: float | None) -> str:
    """A duration as people say it: ``45s``, ``12m``, ``3h 20m``, ``2d 4h``."""
    if seconds is None:
        return "\N{EN DASH}"
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60}m"
    return f"{whole // 86400}d {whole % 86400 // 3600}h"
