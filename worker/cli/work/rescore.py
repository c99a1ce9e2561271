"""Plans, begins and follows what ``artgate rescore`` asks for."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import typer
from sqlalchemy.orm import Session, sessionmaker

from db.models.backfills import BackfillState
from db.queries import backfills
from db.queries.backfills import StoredBackfill
from detector.bundle import read_bundle
from detector.reasons import Fault, Reason
from worker.backfill import run as runs
from worker.backfill.judge import BundleJudge, open_judge
from worker.backfill.plan import Plan
from worker.backfill.survey import survey
from worker.cli.output import Format, json_line, print_facts
from worker.cli.progress import progress
from worker.cli.work.wiring import installation
from worker.dispatch import Dispatcher
from worker.settings import Settings

_POLL = 0.5
_QUIET = 30.0


def plan(bundle: Path, format_: Format) -> None:
    """Print what a backfill with the bundle would do."""
    with installation() as (settings, sessions), open_judge(settings, bundle) as judge:
        _print_plan(survey(sessions, judge), format_)


def apply(bundle: Path, format_: Format, *, here: bool) -> None:
    """Begin or go on with the bundle's backfill and follow it to its end; status 1 where it was cancelled."""
    with installation() as (settings, sessions), open_judge(settings, bundle) as judge:
        run = _begin(sessions, judge, bundle)
        ended = _here(sessions, run, judge) if here else _on_workers(settings, sessions, run)
    _print_run(ended, format_)


def cancel(bundle: Path) -> None:
    """End the bundle's backfill."""
    bundle_id = read_bundle(bundle).id
    with installation() as (_, sessions), sessions.begin() as session:
        ended = runs.cancel(session, bundle_id)
    typer.echo("no run goes on" if ended is None else f"cancelled after {ended.scored} of {ended.total}")


def _begin(sessions: sessionmaker[Session], judge: BundleJudge, bundle: Path) -> StoredBackfill:
    with sessions.begin() as session:
        judge.register(session, bundle)  # workers find it where it lies now
        running = backfills.running(session, judge.bundle_id)
        if running is not None:
            typer.echo(f"going on with the run of {running.created_at:%Y-%m-%d %H:%M}", err=True)
            return running
        return runs.begin(
            session, judge.bundle_id, backfills.pending(session, judge.bundle_id, judge.schema_id)
        )


def _here(sessions: sessionmaker[Session], run: StoredBackfill, judge: BundleJudge) -> StoredBackfill:
    with progress("scored", run.total) as advance:
        while run.state is BackfillState.RUNNING:
            stepped = runs.step(sessions, run.id, judge)
            if stepped is None:
                time.sleep(_POLL)  # another process is at its page
                stepped = _look(sessions, run.id)
            run = stepped
            advance(run.scored)
    return run


def _on_workers(settings: Settings, sessions: sessionmaker[Session], run: StoredBackfill) -> StoredBackfill:
    dispatcher = Dispatcher(settings)
    if not dispatcher.send_backfill(run.id):
        raise Fault(
            Reason.BROKER_UNAVAILABLE,
            "the broker did not take the work; start it, or score in this process with --here",
        )
    dispatcher.close()
    with progress("scored", run.total) as advance:
        moved, said = time.monotonic(), False
        while run.state is BackfillState.RUNNING:
            time.sleep(_POLL)
            before, run = run.cursor, _look(sessions, run.id)
            moved = time.monotonic() if run.cursor != before else moved
            if not said and time.monotonic() - moved > _QUIET:
                typer.echo(
                    "nothing moves: does a worker run? `artgate status` says; --here needs none", err=True
                )
                said = True
            advance(run.scored)
    return run


def _look(sessions: sessionmaker[Session], run_id: UUID) -> StoredBackfill:
    with sessions() as session:
        run = backfills.get(session, run_id)
    assert run is not None, "runs are never deleted"
    return run


def _print_plan(plan: Plan, format_: Format) -> None:
    about = "" if plan.exact else "about "
    if format_ is Format.JSONL:
        typer.echo(json_line({**asdict(plan), "pictures": plan.pictures, "unmatched": plan.unmatched}))
        return
    facts = {
        "bundle": plan.bundle_id[:12],
        "vector schema": plan.schema_id,
        "images": plan.coverage.images,
        "with other vectors": f"{plan.unmatched}, which would have to be fetched and measured again",
        "judged by it already": plan.coverage.judged,
        "would be scored": f"{plan.coverage.pending}, in {about}{plan.scoring_seconds:.0f} s",
        "of these need their picture": f"{about}{plan.pictures}, for the veto",
    }
    print_facts(facts)
    typer.echo("\nnothing was written; --apply does it")


def _print_run(run: StoredBackfill, format_: Format) -> None:
    record = asdict(run)
    if format_ is Format.JSONL:
        typer.echo(json_line(record))
    else:
        print_facts(
            {name: record[name] for name in ("state", "total", "scored", "written", "skipped", "failed")}
        )
    if run.state is not BackfillState.DONE:
        raise typer.Exit(1)
