"""``artgate detect``: verdicts on files of this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def detect(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE_OR_DIR...", help="Files, and folders with all below them.")
    ],
    *,
    bundle: Annotated[
        Path | None,
        typer.Option(help="The bundle that judges: a folder or one file; the starter without it."),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(
            help="The kind of picture that they are, such as photo or anime: chooses the error rate that is"
            " named with each verdict."
        ),
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Judge picture files and folders. No database and no server is needed.

    Folders are walked with everything below them, and every file gets a line: a verdict, or why it has none.
    Exits with 0 when every file was judged, with 3 when some were refused.
    """
    from worker.cli.work import detect as work  # noqa: PLC0415 - help needs no models

    work.detect(files, bundle, domain, format_)
