"""``artgate statements``: why pictures were called SYNTHETIC."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from worker.cli.output import Shape, ShapeOption


def show(
    statement: Annotated[
        UUID, typer.Argument(metavar="ID", help="Id of a decision, or of a verdict that no person looked at.")
    ],
    *,
    format_: ShapeOption = Shape.TEXT,
) -> None:
    """Print the statement of reasons of one SYNTHETIC."""
    from worker.cli.work import statements as work  # noqa: PLC0415 - help needs no database

    work.show(statement, format_)


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go.")],
    *,
    since: Annotated[
        datetime | None,
        typer.Option(
            metavar="DAY",
            help="At the first export, nothing older, such as 2026-05-01; everything without it.",
        ),
    ] = None,
) -> None:
    """Write what was never exported in the form of the EU's DSA Transparency Database.

    Each file holds at most 100 statements and can be posted as it is. An export that broke off is run again.
    """
    from worker.cli.work import statements as work  # noqa: PLC0415 - help needs no database

    work.export(folder, since)
