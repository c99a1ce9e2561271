"""``artgate explain``: why a verdict is what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Shape, ShapeOption


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A picture file; or a stored verdict: its id, its review item's, or s3://bucket/key.",
        ),
    ],
    *,
    bundle: Annotated[
        Path | None,
        typer.Option(
            help="Of a file: the bundle that judges, the starter without it. Of a stored verdict: where its"
            " bundle lies now, if it was moved."
        ),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(help="Of a file: the kind of picture that it is, such as photo or anime."),
    ] = None,
    format_: ShapeOption = Shape.TEXT,
) -> None:
    """Say why a verdict is what it is: members, features, neighbours, veto, thresholds, error rate.

    A file is judged here. A stored verdict is explained from its stored vector: neither the picture nor the
    backbone's weights are needed.
    """
    from worker.cli.work import explain as work  # noqa: PLC0415 - help needs no models

    work.explain(what, bundle, domain, format_)
