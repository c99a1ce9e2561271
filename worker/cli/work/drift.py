"""Prints how far uploads have drifted."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from db.models import DriftDay
from db.queries import daily
from db.queries.daily import Day
from detector.features.words import EMBEDDING_WORDS, GROUP_WORDS
from worker.cli.output import Format, print_records
from worker.cli.work.days import SHOWN, bundle_of, named
from worker.cli.work.wiring import installation
from worker.drift.comparison import measures
from worker.drift.measure import LEAST, Waiting, measure

_DAYS = 90
_PREFIX = "features_"
_COLUMNS = ("day", "measure", "what", "value", "by_chance", "finding")
_WORDS = {"scores": "probability of being synthetic", "embedding": EMBEDDING_WORDS}
_NOTHING = """\
nothing is measured yet: `artgate drift --now` says what is missing, and the sweeper measures once a day from
the end of the bundle's first week on"""


def drift(*, now: bool, course: str | None, format_: Format) -> None:
    """Print the newest figures of the bundle that was measured last, or the days of one."""
    with installation() as (_, sessions):
        waiting = None
        if now:
            with sessions.begin() as session:
                found = measure(session)
                waiting = found if isinstance(found, Waiting) else None
        with sessions() as session:
            days = daily.latest(session, DriftDay)
            if course is None:
                days = days[:1]
            else:
                days = daily.course(session, DriftDay, bundle_of(days, course), days=_DAYS)
    if waiting is not None:
        typer.echo(_said(waiting), err=True)
    if days or format_ is Format.JSONL:
        _print(days, format_)
    elif waiting is None:
        typer.echo(_NOTHING)


def _said(waiting: Waiting) -> str:
    if waiting.bundle_id is None:
        return "no bundle has judged yet: start a worker and post an upload"
    if waiting.ends_at is None:
        return f"bundle {waiting.bundle_id[:SHOWN]} judges, and has judged no upload yet"
    return (
        f"uploads will be compared with the first week of bundle {waiting.bundle_id[:SHOWN]}, which ends "
        f"{waiting.ends_at:%Y-%m-%d %H:%M} UTC, or later, with its scan number {LEAST}: "
        f"{waiting.scans}{'' if waiting.scans < LEAST else ' or more'} so far"
    )


def _print(days: list[Day], format_: Format) -> None:
    rows = [row for day in days for row in _rows(day)]
    title = None
    if days:
        newest = days[-1]
        known = newest.figures["reference"]
        title = (
            f"{named(newest)}: {newest.figures['scans']} scans since "
            f"{newest.figures['begin'][:16]} against {known['scans']} of {known['begin'][:10]} to "
            f"{known['end'][:10]}"
        )
    print_records(rows, format_, _COLUMNS, title=title)
    if format_ is Format.TABLE and len(days) == 1 and "features" in days[0].figures:
        typer.echo()
        columns = ("name", "looks_at", "value", "finding")
        print_records(_moved(days[0]), format_, columns, title="the numbers that moved most")


def _rows(day: Day) -> Iterator[dict[str, object]]:
    """A line for each measure, the largest group of features first."""
    found = measures(day.figures)
    order = sorted(found, key=lambda name: (name.startswith(_PREFIX), -float(found[name]["value"])))
    for name in order:
        group = name.removeprefix(_PREFIX)
        yield {
            "bundle_id": day.bundle_id,
            "day": day.day,
            "measure": name,
            "what": _WORDS.get(name) or GROUP_WORDS.get(group, group),
            **{key: found[name][key] for key in ("value", "by_chance", "finding")},
        }


def _moved(day: Day) -> Iterator[dict[str, object]]:
    for each in day.figures["features"]["most"]:
        yield each | {"looks_at": GROUP_WORDS.get(each["group"], each["group"])}
