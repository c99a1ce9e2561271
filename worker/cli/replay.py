"""``artgate replay``: whether a stored verdict comes out the same."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Shape, ShapeOption


def replay(
    verdict: Annotated[
        str,
        typer.Argument(
            metavar="VERDICT",
            help="Id of a verdict or of its review item; or s3://bucket/key: the newest.",
        ),
    ],
    *,
    bundle: Annotated[
        Path | None, typer.Option(help="Where the bundle that gave it lies now, if it was moved.")
    ] = None,
    from_picture: Annotated[
        bool,
        typer.Option(
            "--from-picture",
            help="Fetch the picture again, measure it with what measured it then, and ask the veto again.",
        ),
    ] = False,
    format_: ShapeOption = Shape.TEXT,
) -> None:
    """Compute a stored verdict again and compare: the same label, and a probability within the tolerance.

    It begins with the stored vector, or with the picture. Exits with 0 where the verdict is the same, and
    with 3 where it is not or can't be computed again; then the cause is named.
    """
    from worker.cli.work import replay as work  # noqa: PLC0415 - help needs no models

    work.replay(verdict, bundle, from_picture=from_picture, shape=format_)
