"""Plans, begins and follows what ``artgate rescore`` asks for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import typer
from sqlalchemy.orm import Session, sessionmaker

from db.models.backfills import BackfillState
from db.queries import backfill_differences, backfills
from db.queries.backfills import StoredBackfill
from detector.bundle import read_bundle
from detector.reasons import Fault, Reason, Rejected
from worker.backfill import run as runs
from worker.backfill.judge import BundleJudge, open_judge
from worker.backfill.plan import Plan
from worker.backfill.survey import count_patiently, survey
from worker.backfill.throttle import Throttle
from worker.cli.output import Format, age, json_line, print_facts, print_records
from worker.cli.progress import progress
from worker.cli.work.rollout_compare import shares
from worker.cli.work.wiring import installation
from worker.dispatch import Dispatcher
from worker.rollout.comparison import tabulate
from worker.settings import Settings

_POLL = 0.5
_QUIET = 30.0


def plan(bundle: Path, format_: Format, *, measures: bool, hour: float) -> None:
    """Print what a backfill with the bundle would do."""
    with installation() as (settings, sessions), open_judge(settings, bundle) as judge:
        _print_plan(survey(sessions, judge, measures=measures), format_, hour)


def apply(bundle: Path, format_: Format, *, here: bool, measures: bool) -> None:
    """Begin or go on with the bundle's backfill and follow it; status 1 where it did not come to its end."""
    with installation() as (settings, sessions), open_judge(settings, bundle) as judge:
        run = _begin(sessions, judge, bundle, measures=measures)
        ended = _follow(settings, sessions, run, judge, here=here)
    _print_run(ended, format_)


def pause(bundle: Path) -> None:
    """Let the bundle's backfill rest."""
    rests = _change(bundle, runs.pause)
    typer.echo(
        "no run goes on"
        if rests is None
        else f"rests after {rests.scored} of {rests.total}; --resume lets it go on"
    )


def resume(bundle: Path, format_: Format, *, here: bool) -> None:
    """Let the bundle's backfill go on and follow it, as `apply` does."""
    run = _change(bundle, runs.resume)
    if run is None:
        typer.echo("no run rests")
        return
    with installation() as (settings, sessions), open_judge(settings, bundle) as judge:
        ended = _follow(settings, sessions, run, judge, here=here)
    _print_run(ended, format_)


def cancel(bundle: Path) -> None:
    """End the bundle's backfill."""
    ended = _change(bundle, runs.cancel)
    typer.echo("no run goes on" if ended is None else f"cancelled after {ended.scored} of {ended.total}")


def compare(bundle: Path, format_: Format) -> None:
    """Print where the backfill's verdicts differ from those of the newest scans."""
    bundle_id = read_bundle(bundle).id
    with installation() as (_, sessions), sessions() as session:
        count_patiently(session)
        rows = tabulate(backfill_differences.cells(session, bundle_id))
    lines = [*shares(rows)]
    if not lines:
        typer.echo("nothing to compare: the bundle's backfill has judged no picture that a scan has judged")
        return
    print_records(lines, format_, tuple(lines[0]), title="shares of the pictures, 95 % intervals")


def _change(bundle: Path, change: Callable[[Session, str], StoredBackfill | None]) -> StoredBackfill | None:
    bundle_id = read_bundle(bundle).id
    with installation() as (_, sessions), sessions.begin() as session:
        return change(session, bundle_id)


def _begin(
    sessions: sessionmaker[Session], judge: BundleJudge, bundle: Path, *, measures: bool
) -> StoredBackfill:
    with sessions.begin() as session:
        judge.register(session, bundle)  # workers find it where it lies now
        running = backfills.running(session, judge.bundle_id)
        if running is not None:
            _check_same(running, measures=measures)
            typer.echo(f"going on with the run of {running.created_at:%Y-%m-%d %H:%M}", err=True)
            return running
        count_patiently(session)
        total = backfills.pending(session, judge.bundle_id, judge.schema_id)
        if measures:
            total += backfills.unmatched(session, judge.bundle_id, judge.schema_id)
        return runs.begin(session, judge.bundle_id, total, measures=measures)


def _check_same(running: StoredBackfill, *, measures: bool) -> None:
    if running.paused_at is not None:
        raise Rejected(
            Reason.STEP_REFUSED, "this run rests; --resume lets it go on, --cancel ends it for another one"
        )
    if measures and not running.measures:
        raise Rejected(
            Reason.STEP_REFUSED,
            "a run that measures nothing goes on; end it with --cancel, then begin one with --measure",
        )


def _follow(
    settings: Settings,
    sessions: sessionmaker[Session],
    run: StoredBackfill,
    judge: BundleJudge,
    *,
    here: bool,
) -> StoredBackfill:
    if not here:
        return _on_workers(settings, sessions, run)
    return _here(sessions, run, judge, Throttle(sessions, settings.backfill_upload_age))


def _here(
    sessions: sessionmaker[Session], run: StoredBackfill, judge: BundleJudge, throttle: Throttle
) -> StoredBackfill:
    with progress("scored", run.total) as advance:
        said = False
        while run.goes_on:
            if throttle.uploads_wait:
                if not said:
                    typer.echo("uploads wait, so this rests until they are served", err=True)
                said = True
                time.sleep(_POLL)
                run = _look(sessions, run.id)  # someone may have ended it meanwhile
                continue
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
        while run.goes_on:
            time.sleep(_POLL)
            before, run = run.cursor, _look(sessions, run.id)
            moved = time.monotonic() if run.cursor != before else moved
            if not said and time.monotonic() - moved > _QUIET:
                typer.echo(
                    "nothing moves: do uploads wait, or no worker runs? `artgate status` says;"
                    " --here needs none",
                    err=True,
                )
                said = True
            advance(run.scored)
    return run


def _look(sessions: sessionmaker[Session], run_id: UUID) -> StoredBackfill:
    with sessions() as session:
        run = backfills.get(session, run_id)
    assert run is not None, "runs are never deleted"
    return run


def _print_plan(plan: Plan, format_: Format, hour: float) -> None:
    seconds = plan.scoring_seconds + plan.measuring_seconds
    if format_ is Format.JSONL:
        reckoned = {"pictures": plan.pictures, "unmatched": plan.unmatched, "gone": plan.gone}
        typer.echo(json_line({**asdict(plan), **reckoned, "seconds": seconds, "cost": plan.cost(hour)}))
        return
    about = "" if plan.exact else "about "
    facts: dict[str, object] = {
        "bundle": plan.bundle_id[:12],
        "vector schema": plan.schema_id,
        "images": plan.coverage.images,
        "with other vectors": _with_other_vectors(plan),
        "judged by it already": plan.coverage.judged,
        "would be scored": f"{plan.coverage.pending}, in {about}{plan.scoring_seconds:.0f} s",
        "of these need their picture": f"{about}{plan.pictures}, for the veto",
        "time of a processor": f"about {age(seconds)}, without the pictures for the veto",
    }
    if hour:
        facts["cost"] = f"about {plan.cost(hour):.2f}, at {hour:g} an hour"
    print_facts(facts)
    typer.echo("\nnothing was written; --apply does it")


def _with_other_vectors(plan: Plan) -> str:
    if plan.trial is None:
        return f"{plan.unmatched}; --measure fetches and measures those that are not judged"
    return (
        f"{plan.unmatched}, of which {plan.unmeasured} would be fetched and measured, in about"
        f" {age(plan.measuring_seconds)}, and about {plan.gone} are gone"
        f" ({plan.trial.gone} of {plan.trial.pictures} that were tried)"
    )


def _print_run(run: StoredBackfill, format_: Format) -> None:
    record = asdict(run)
    names = ["state", "total", "scored", "written", "skipped", "failed"]
    if run.measures:
        names += ["measured", "gone"]
    if format_ is Format.JSONL:
        typer.echo(json_line(record))
    else:
        print_facts({name: record[name] for name in names})
    if run.paused_at is not None:
        typer.echo("the run was told to rest; --resume lets it go on", err=True)
    if run.state is not BackfillState.DONE:
        raise typer.Exit(1)
