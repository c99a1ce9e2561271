"""``artgate labels``: what people have decided, to learn from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="Where the corpus goes.")],
    *,
    least: Annotated[
        float,
        typer.Option(min=0.5, max=1.0, help="Leave out labels that are less likely to be right."),
    ] = 0.6,
) -> None:
    """Write the pictures that people found genuine or synthetic, and a manifest of them for `artgate train`.

    Each label has a weight: how likely it is to be right by the reliability of the reviewers behind it. No
    name is in it; pictures of one uploader share a numbered group. An export that broke off is run again.
    """
    from worker.cli.work import labels as work  # noqa: PLC0415 - help needs no database

    work.export(folder, least)
