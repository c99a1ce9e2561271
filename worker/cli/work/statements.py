"""What ``artgate statements`` does."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import typer

from db.queries import statements
from detector.reasons import Reason, Rejected
from worker.cli.output import Shape, json_line, print_facts
from worker.cli.work.wiring import installation
from worker.statements import export as use
from worker.statements.statement import state


def show(statement_id: UUID, format_: Shape) -> None:
    """Print one statement."""
    with installation() as (settings, sessions), sessions() as session:
        facts = statements.find(session, statement_id)
    if facts is None:
        raise Rejected(
            Reason.NOT_FOUND,
            f"no SYNTHETIC of the id {statement_id} is in effect; `artgate show` names verdicts",
        )
    told = asdict(state(facts, settings))
    if format_ is Shape.JSON:
        typer.echo(json_line(told))
        return
    print_facts(told | {"countries": ", ".join(told["countries"]) or "everywhere"})


def export(folder: Path, since: datetime | None) -> None:
    """Write what was never exported, and say which file holds how much."""
    total = 0
    with installation() as (settings, sessions):
        begun = None if since is None else since.replace(tzinfo=UTC)
        for written in use.export(sessions, settings, folder, since=begun):
            typer.echo(f"{written.file}: {written.statements}")
            total += written.statements
    exported = f"{total} statement{'s' if total > 1 else ''} exported"
    typer.echo(exported if total else "nothing is new since the last export")
