"""``artgate drift``: how far uploads have drifted."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def drift(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Measure today first; the sweeper does it once a day.")
    ] = False,
    course: Annotated[
        str | None, typer.Option(metavar="BUNDLE", help="Print the days of one bundle, by its id.")
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say how far what is uploaded has drifted from the first week of the bundle that judges.

    The measure is the population stability index: below 0.1 nothing happened, from 0.25 on something did.
    """
    from worker.cli.work import drift as work  # noqa: PLC0415 - help needs no database

    work.drift(now=now, course=course, format_=format_)
