"""``artgate train``: a bundle from labelled pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    *,
    corpus: Annotated[
        Path,
        typer.Option(
            metavar="MANIFEST.csv",
            help="The pictures: a CSV file with at least path, label (human or ai) and group.",
        ),
    ],
    backbone: Annotated[
        str,
        typer.Option(
            help="The embedding: arch.tag as timm names it, or with blocks and views; none for none.",
        ),
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder that the bundle is written into.")],
    veto: Annotated[
        str,
        typer.Option(
            help="The embedding that the veto is tuned on: one block, one view; auto takes the deepest block "
            "of --backbone, none fits a bundle without a veto.",
        ),
    ] = "auto",
    held_out: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Folder of pictures to try it on later: none is learned from."
        ),
    ] = None,
    components: Annotated[
        int, typer.Option(min=0, help="Principal components that stand for the embedding; 0 leaves it whole.")
    ] = 0,
    cache: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            help="Folder that keeps what was measured, so that a second run is quick; ARTGATE_CACHE_DIR "
            "without it.",
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the bundle.")] = "trained",
) -> None:
    """Fit a bundle on a corpus of labelled pictures, and say how good it is on sources it has not seen.

    The same corpus, version and backbone give the same bundle. Pictures of one group (a source, or a
    generator) are never split between fitting and judging.
    """
    from worker.cli.work import train as work  # noqa: PLC0415 - help needs no models

    work.train(
        work.Order(
            manifest=corpus,
            backbone=backbone,
            veto=veto,
            held_out=held_out,
            components=components,
            name=name,
            out=out,
            cache=cache,
        )
    )
