"""Prints how often each bundle errs."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from db.models import FeedbackDay
from db.queries import daily
from db.queries.daily import Day
from worker.cli.output import Format, print_records
from worker.cli.work.days import bundle_of, named
from worker.cli.work.wiring import installation
from worker.review import sampling

_DAYS = 90
_RATES = {
    "accused_wrongly": "called SYNTHETIC, people found genuine",
    "missed": "called GENUINE, people found synthetic",
    "unsure_and_synthetic": "left to people, who found synthetic",
}
_COLUMNS = ("bundle", "day", "what", "rate", "low", "high", "count", "total")
_BINS = ("bundle", "from", "to", "said", "found", "low", "high", "n")


def feedback(*, now: bool, calibration: bool, course: str | None, format_: Format) -> None:
    """Print the newest figures of each bundle, or the days of one."""
    with installation() as (_, sessions):
        if now:
            with sessions.begin() as session:
                sampling.measure(session)
        with sessions() as session:
            days = daily.latest(session, FeedbackDay)
            if course is not None:
                days = daily.course(session, FeedbackDay, bundle_of(days, course), days=_DAYS)
    if not days and format_ is Format.TABLE:
        typer.echo("nothing is known yet: people have settled no verdict, or the sweeper has not run today")
        typer.echo("(`artgate feedback --now` reckons it). Confident verdicts are looked at where the policy")
        typer.echo("has shares for them: `artgate policy show`, audit.")
        return
    rows = _of_bins(days) if calibration else _of_rates(days)
    print_records(rows, format_, _BINS if calibration else _COLUMNS)


def _of_rates(days: list[Day]) -> Iterator[dict[str, object]]:
    for day in days:
        for name, words in _RATES.items():
            yield {"bundle": named(day), "day": day.day, "what": words, "measure": name, **day.figures[name]}
        rest = {"count": day.figures["cannot_tell"], "total": sum(day.figures["asked"].values())}
        yield {"bundle": named(day), "day": day.day, "what": "people could not tell", **rest}
        ece = {"rate": day.figures["ece"]}
        yield {
            "bundle": named(day),
            "day": day.day,
            "what": "calibration error, of what was looked at",
            **ece,
        }


def _of_bins(days: list[Day]) -> Iterator[dict[str, object]]:
    for day in days:
        for each in day.figures["calibration"]:
            yield {"bundle": named(day), "day": day.day, **each}
