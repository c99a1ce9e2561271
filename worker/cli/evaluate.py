"""``artgate evaluate``: how good a bundle is on pictures that it has not seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evaluate(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle: a folder or one file.")],
    manifest: Annotated[
        Path,
        typer.Argument(
            metavar="MANIFEST.csv", help="The pictures: a CSV file with path, label, group and domain."
        ),
    ],
    *,
    out: Annotated[
        Path, typer.Option(file_okay=False, help="Folder that report.html and report.json are written into.")
    ],
    cross_validate: Annotated[
        bool,
        typer.Option(
            "--cross-validate",
            help="For pictures that the bundle was trained on: refit its recipe, in folds by group, without "
            "those that are judged.",
        ),
    ] = False,
    veto: Annotated[
        bool,
        typer.Option(
            help="With --cross-validate: tune the veto anew for each fold too, which takes longest without "
            "a GPU, or judge by the scores alone."
        ),
    ] = True,
    deliveries: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="How pictures come: tiers, platforms, perturbations, all, or names such as web,x,jpeg-30.",
        ),
    ] = "tiers,platforms",
    studies: Annotated[
        str,
        typer.Option(
            metavar="LIST",
            help="Questions that need refitting: all, none, or perturbations, groups, importance, backbones, "
            "diversity, transfer, generators, dates.",
        ),
    ] = "none",
    second_backbone: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The embedding that the study of backbones compares with."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="Whose pictures are judged, where the manifest has a column split; test by default, or "
            "train with --cross-validate."
        ),
    ] = None,
    leave_out_trained: Annotated[
        bool,
        typer.Option(
            "--leave-out-trained",
            help="Leave out pictures that the bundle was trained on; else they are refused.",
        ),
    ] = False,
    vouch_unseen: Annotated[
        bool,
        typer.Option(
            "--vouch-unseen",
            help="The bundle remembers nothing of its training: you know that these pictures are new to it.",
        ),
    ] = False,
    offenders: Annotated[
        int, typer.Option(min=0, help="How many of the worst errors of each kind are shown.")
    ] = 12,
    thumbnails: Annotated[
        bool, typer.Option(help="Show the worst errors as pictures, inside of the report.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of folds and bootstraps.")] = 20261127,
    cache: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder of what was measured before; by default the user's."),
    ] = None,
) -> None:
    """Judge labelled pictures that the bundle has not seen, and write one report of everything.

    The report tells the worst cell first, every rate with its interval, what platforms and damage do to
    verdicts, and the worst errors one by one. Pictures that the bundle was trained on are refused: a figure
    that is measured on them means nothing.
    """
    from worker.cli.work import evaluate as work  # noqa: PLC0415 - help needs no models

    work.evaluate(
        work.Asked(
            bundle=bundle,
            manifest=manifest,
            out=out,
            cross_validate=cross_validate,
            veto=veto,
            deliveries=deliveries,
            studies=studies,
            second_backbone=second_backbone,
            split=split,
            leave_out_trained=leave_out_trained,
            vouch_unseen=vouch_unseen,
            offenders=offenders,
            thumbnails=thumbnails,
            seed=seed,
            cache=cache,
        )
    )
