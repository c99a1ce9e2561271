"""``artgate features``: the numbers that are measured on picture files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Groups = Literal["hc148", "all"]


def features(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Picture files of any size.")],
    *,
    format_: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="Shape of the rows.")] = "csv",
    groups: Annotated[
        Groups, typer.Option(help="The 148 features of schema hc148, or the optional groups too.")
    ] = "hc148",
) -> None:
    """Print the handcrafted features of picture files, one row a file, in the order of the schema.

    Numbers have full precision; one that a picture does not determine is nan (0 stands for it where vectors
    are stored). A file without features is named on standard error, and the exit status is then 3.
    """
    from worker.cli.work import features as work  # noqa: PLC0415 - help needs no numbers

    work.features(files, groups, format_)
