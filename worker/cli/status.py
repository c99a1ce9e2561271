"""``artgate status``: what waits, what runs, what was done."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def status(
    *,
    hours: Annotated[float, typer.Option(min=0.01, help="How far back finished work is counted.")] = 24.0,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say what is waiting, running, done and refused, and which processes are there.

    What waits is counted in full, what is finished within the last --hours.
    """
    from worker.cli.work import status as work  # noqa: PLC0415 - help needs no database

    work.status(hours, format_)
