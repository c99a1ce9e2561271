"""Gathers and prints the figures of ``artgate status``."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from sqlalchemy.orm import Session

from db.models.bundles import BundleState
from db.queries import backfills, bundles, figures, presence
from db.queries.figures import Backlog
from worker.cli.output import Format, age, json_line, print_records
from worker.cli.work.wiring import installation
from worker.dispatch import Dispatcher
from worker.settings import Settings

_COLUMNS = ("what", "which", "count", "oldest")
_HOUR = 3600.0


def status(hours: float, format_: Format) -> None:
    """Print what waits, and what was finished within so many hours."""
    with installation() as (settings, sessions), sessions() as session:
        lines = [*_lines(session, hours * _HOUR), *_broker(settings)]
    if format_ is Format.JSONL:
        for line in lines:
            typer.echo(json_line(line))
        return
    shown = ({**line, "oldest": age(line["oldest_seconds"])} for line in lines)  # type: ignore[arg-type]
    print_records(shown, format_, _COLUMNS)


def _lines(session: Session, seconds: float) -> Iterator[dict[str, object]]:
    waiting = figures.events_waiting(session)
    if not waiting:
        yield _count("events waiting", "none", 0)
    for (queue, state), backlog in waiting.items():
        yield _line("events waiting", f"{state}, queue {queue}", backlog)
    for state, count in figures.events_finished(session, within_seconds=seconds).items():
        yield _count("events finished", state, count)
    for reason, count in figures.refusals(session, within_seconds=seconds).items():
        yield _count("refused because", reason, count)
    for (kind, item_state), backlog in figures.review_waiting(session).items():
        yield _line("review", f"{item_state}, {kind}", backlog)
    yield _line("outbox", "pending", figures.messages_pending(session))
    yield _line("outbox", "given up", figures.messages_dead(session))
    yield from _bundles(session)
    yield from _backfills(session)
    for process, connections in presence.connected(session).items():
        if process != "cli":
            yield _count("connections", process, connections)


def _bundles(session: Session) -> Iterator[dict[str, object]]:
    for bundle in bundles.registered(session):
        if bundle.state is BundleState.ACTIVE:
            for label, count in figures.verdicts_by_label(session, bundle.id).items():
                yield _count(f"bundle {bundle.name} {bundle.id[:12]}", label, count)


def _backfills(session: Session) -> Iterator[dict[str, object]]:
    for run in backfills.recent(session, limit=5):
        stands = "rests" if run.paused_at is not None else run.state
        yield _count(f"backfill {run.bundle_id[:12]}", f"{stands}, of {run.total}", run.scored)


def _broker(settings: Settings) -> Iterator[dict[str, object]]:
    """Messages by queue; nothing in place of a number where the broker does not answer."""
    dispatcher = Dispatcher(settings)
    depth = dispatcher.depth()
    dispatcher.close()
    if depth is None:
        yield _count("broker", "does not answer", None)
        return
    for queue, messages in depth.ready.items():
        yield _count("messages", queue, messages)
    yield _count("messages", "at workers", depth.unacked)


def _line(what: str, which: str, backlog: Backlog) -> dict[str, object]:
    return {"what": what, "which": which, "count": backlog.count, "oldest_seconds": backlog.oldest_seconds}


def _count(what: str, which: str, count: int | None) -> dict[str, object]:
    return {"what": what, "which": which, "count": count, "oldest_seconds": None}
