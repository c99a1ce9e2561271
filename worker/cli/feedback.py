"""``artgate feedback``: how often each bundle errs."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def feedback(
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Reckon today's figures first; the sweeper does it once a day.")
    ] = False,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Print what was said and what people found, by tenths.")
    ] = False,
    course: Annotated[
        str | None, typer.Option(metavar="BUNDLE", help="Print the days of one bundle, by its id.")
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say how often each bundle errs, by decisions of the last 90 days, with 95 % intervals.

    Errors of confident verdicts are known from those that the policy has people look at by lot (audit:
    genuine_share, synthetic_share).
    """
    from worker.cli.work import feedback as work  # noqa: PLC0415 - help needs no database

    work.feedback(now=now, calibration=calibration, course=course, format_=format_)
