"""Prints how far uploads have drifted."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from db.queries import drift as stored
from db.queries.drift import Day
from detector.features.words import EMBEDDING_WORDS, GROUP_WORDS
from detector.reasons import Reason, Rejected
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation
from worker.drift.comparison import measures
from worker.drift.measure import LEAST, Waiting, measure

_DAYS = 90
_SHOWN = 12
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
            known = stored.latest(session)
            days = known[:1] if course is None else stored.course(session, _of(known, course), days=_DAYS)
    if waiting is not None:
        typer.echo(_said(waiting), err=True)
    if days or format_ is Format.JSONL:
        _print(days, format_)
    elif waiting is None:
        typer.echo(_NOTHING)


def _of(known: list[Day], asked: str) -> str:
    """The one bundle whose id begins so."""
    found = [day.bundle_id for day in known if day.bundle_id.startswith(asked)]
    if len(found) != 1:
        named = ", ".join(day.bundle_id[:_SHOWN] for day in known) or "none yet"
        raise Rejected(
            Reason.NOT_FOUND,
            f"{len(found)} measured bundles have an id that begins with {asked!r}; measured: {named}",
        )
    return found[0]


def _said(waiting: Waiting) -> str:
    if waiting.bundle_id is None:
        return "no bundle has judged yet: start a worker and post an upload"
    if waiting.ends_at is None:
        return f"bundle {waiting.bundle_id[:_SHOWN]} judges, and has judged no upload yet"
    return (
        f"uploads will be compared with the first week of bundle {waiting.bundle_id[:_SHOWN]}, which ends "
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
            f"{newest.bundle} {newest.bundle_id[:_SHOWN]}: {newest.figures['scans']} scans since "
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
