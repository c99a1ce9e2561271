"""``artgate events``: what the hook would make of event bodies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def parse(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files with one body each; - is standard input.")
    ],
    *,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Print the records of event bodies, without posting them. No database and no server is needed.

    Each record is a line, numbered from 0 within its file; a file that the hook would refuse is one line
    with the reason. Exits with 0 when every file was understood, with 3 when some were not.
    """
    from worker.cli.work import events as work  # noqa: PLC0415 - help needs no parsers

    work.parse(files, format_)
