"""``artgate data audit``: whether a corpus teaches what it should."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LimitOption = Annotated[
    float,
    typer.Option(
        "--max-shortcut-auc",
        min=0.5,
        max=1.0,
        help="How well facts of files, or the domain, may tell the classes apart: the largest lower end of "
        "the AUC's 95 % interval that passes.",
    ),
]
"""The option of the gate."""
LIMIT = 0.75


def audit(
    corpus: Annotated[
        Path,
        typer.Argument(
            metavar="MANIFEST.csv",
            help="The pictures: a CSV file with at least path, label (human or ai), group and domain.",
        ),
    ],
    *,
    bundle: Annotated[
        Path | None,
        typer.Option(help="A bundle, to say how far its verdicts move too: a folder or one file."),
    ] = None,
    sample: Annotated[
        int, typer.Option(min=1, help="Pictures that the bundle judges, drawn from every group.")
    ] = 100,
    limit: LimitOption = LIMIT,
    out: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder for the same as a page with charts and as JSON."),
    ] = None,
) -> None:
    """Say whether the classes can be told apart by what says nothing of who made a picture.

    Tried are size, shape, format, compression, metadata, margins and the domain. With a bundle, also how far
    its verdicts move when a picture is coded anew, resized, stripped or padded. Exits with 3 where something
    tells the classes apart better than the limit allows: `artgate train` would refuse the corpus.
    """
    from worker.cli.work import audit as work  # noqa: PLC0415 - help needs no models

    work.audit(work.Order(corpus=corpus, bundle=bundle, sample=sample, limit=limit, out=out))
