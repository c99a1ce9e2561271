"""``artgate rescore``: another bundle over the stored vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def rescore(
    *,
    bundle: Annotated[Path, typer.Option(help="The bundle that is to judge: a folder or one file.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this only say what it would do.")
    ] = False,
    here: Annotated[bool, typer.Option("--here", help="Score in this process, not on the workers.")] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="End the bundle's run; what it wrote stays.")
    ] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Score stored vectors with another bundle, and write its verdicts beside those that stand.

    No picture is fetched but those of would-be SYNTHETIC verdicts, for the veto. What a person decided is
    not touched, nobody is told, and no review item is opened: activating the bundle is another step. A run
    that was stopped goes on where it stopped when the same command is given again.
    """
    from worker.cli.work import rescore as work  # noqa: PLC0415 - help needs no models

    if cancel:
        work.cancel(bundle)
    elif apply:
        work.apply(bundle, format_, here=here)
    else:
        work.plan(bundle, format_)
