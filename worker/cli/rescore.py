"""``artgate rescore``: another bundle over the stored vectors."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


class Step(StrEnum):
    """What is done with the bundle's run."""

    PLAN = "plan"
    APPLY = "apply"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    COMPARE = "compare"


def rescore(
    *,
    bundle: Annotated[Path, typer.Option(help="The bundle that is to judge: a folder or one file.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this only say what it would do.")
    ] = False,
    here: Annotated[bool, typer.Option("--here", help="Score in this process, not on the workers.")] = False,
    measure: Annotated[
        bool,
        typer.Option(
            "--measure",
            help="Also fetch and measure the pictures that have no vector of the bundle's schema.",
        ),
    ] = False,
    hour: Annotated[
        float, typer.Option(min=0, help="What an hour of a processor's thread costs, for the plan.")
    ] = 0.0,
    pause: Annotated[bool, typer.Option("--pause", help="Let the bundle's run rest.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Let a run that rests go on, here or on the workers.")
    ] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="End the bundle's run; what it wrote stays.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Say where its verdicts differ from those that stand.")
    ] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Score stored vectors with another bundle, and write its verdicts beside those that stand.

    No picture is fetched but those of would-be SYNTHETIC verdicts, for the veto, and with --measure those
    that have no vector that the bundle reads. What a person decided is not touched, nobody is told, and no
    review item is opened: activating the bundle is another step. A run that was stopped goes on where it
    stopped when the same command is given again. It rests while uploads wait.
    """
    from worker.cli.work import rescore as work  # noqa: PLC0415 - help needs no models

    flags = {
        Step.APPLY: apply,
        Step.PAUSE: pause,
        Step.RESUME: resume,
        Step.CANCEL: cancel,
        Step.COMPARE: compare,
    }
    asked = [step for step, given in flags.items() if given] or [Step.PLAN]
    if len(asked) > 1:
        raise typer.BadParameter(f"choose one of {', '.join(f'--{step}' for step in asked)}")
    match asked[0]:
        case Step.PLAN:
            work.plan(bundle, format_, measures=measure, hour=hour)
        case Step.APPLY:
            work.apply(bundle, format_, here=here, measures=measure)
        case Step.PAUSE:
            work.pause(bundle)
        case Step.RESUME:
            work.resume(bundle, format_, here=here)
        case Step.CANCEL:
            work.cancel(bundle)
        case Step.COMPARE:
            work.compare(bundle, format_)
