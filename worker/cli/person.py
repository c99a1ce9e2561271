"""``artgate person``: what is stored of one person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Shape, ShapeOption

_Person = Annotated[
    str,
    typer.Argument(metavar="UPLOADER", help="The person, as events call them.", show_default=False),
]


def export(
    uploader: _Person,
    *,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FOLDER",
            file_okay=False,
            help="Where the files go; new or empty.",
            show_default=False,
        ),
    ],
) -> None:
    """Write all that is stored of a person, as JSON lines with a page that says what each file is.

    Reviewers' names are not in it. The files can be read by who runs this alone: hand them on with care.
    """
    from worker.cli.work import person as work  # noqa: PLC0415 - help needs no database

    work.export(uploader, out)


def erase(
    uploader: _Person,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    wait: Annotated[
        int,
        typer.Option(min=0, metavar="SECONDS", help="How long to wait for the sweeper to be done."),
    ] = 60,
    format_: ShapeOption = Shape.TEXT,
) -> None:
    """Forget all that a person has uploaded and appealed, for good, and say what went and what stays.

    The counts and the audit log stay valid. Files in the storage stay: they are the platform's to delete.
    """
    from worker.cli.work import person as work  # noqa: PLC0415 - help needs no database

    work.erase(uploader, format_, sure=yes, wait=wait)
