"""How commands print results: a table for a person, JSON lines for a script."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


class Format(StrEnum):
    """Shape of a command's results on standard output."""

    TABLE = "table"
    JSONL = "jsonl"


class Shape(StrEnum):
    """Shape of one result that is no table."""

    TEXT = "text"
    JSON = "json"


ShapeOption = Annotated[Shape, typer.Option("--format", help="Text for people, JSON for scripts.")]
"""The option that commands with such a result take."""
FormatOption = Annotated[Format, typer.Option("--format", help="Table for people, JSON lines for scripts.")]
"""The option that every command with results takes."""


def escape_what_cannot_be_encoded() -> None:
    """Make standard output escape the letters that its encoding lacks, where it would fail."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def console() -> Console:
    """Standard output with colours where it is a terminal; wide where it is not, so that nothing is cut."""
    from rich.console import Console  # noqa: PLC0415 - JSON lines need no rich

    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def print_records(
    records: Iterable[Mapping[str, object]], format_: Format, columns: Sequence[str], title: str | None = None
) -> None:
    """Print ``records``: all members as JSON lines, or ``columns`` of them as a table.

    On a terminal that the table is too wide for, the members stand one below the other: ids must stay whole.
    """
    if format_ is Format.JSONL:
        for record in records:
            typer.echo(json_line(record))
        return
    from rich.table import Table  # noqa: PLC0415 - JSON lines need no rich

    rows = [{column: record.get(column) for column in columns} for record in records]
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(cell, row.values()))
    screen = console()
    if fits(table, screen):
        screen.print(table)
        return
    for row in rows:
        print_facts(row, title)
        typer.echo()


def fits(table: Table, screen: Console) -> bool:
    """Whether ``screen`` shows ``table`` with nothing folded or cut."""
    from rich.measure import Measurement  # noqa: PLC0415 - JSON lines need no rich

    unlimited = screen.options.update(max_width=10_000)
    return Measurement.get(screen, unlimited, table).maximum <= screen.width


def print_facts(facts: Mapping[str, object], title: str | None = None) -> None:
    """Print one record as two columns, leaving out what is absent."""
    from rich.table import Column, Table  # noqa: PLC0415 - JSON lines need no rich

    table = Table("", Column(overflow="fold"), show_header=False, box=None)
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
