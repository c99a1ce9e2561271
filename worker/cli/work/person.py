"""What ``artgate person`` does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import typer
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from db.models import ErasureScope, ErasureState
from db.queries import erasures, persons
from db.queries.erasures import StoredErasure, Subject
from db.queries.persons import Staying
from worker import erasure
from worker.cli.output import Shape, json_line, print_facts
from worker.cli.progress import Advance, progress
from worker.cli.work.wiring import installation
from worker.clock import utc_now
from worker.person.folder import README, write
from worker.person.reading import Record, read_all

_BY = "artgate person erase"
_AGAIN_SECONDS = 0.5
_WHY = {
    "verdicts": "what the models said, so that error rates stay true; they lead to no file and no person",
    "decisions": "what reviewers answered, without the texts; nobody can change or delete a decision",
    "audit log": "ids and digests whose salts are gone; its chain still holds",
    "files": "pictures and evidence in the storage: the platform's to delete",
    "the platform": "what it was told before, and statements of reasons that were exported",
}
"""What an erasure leaves, and why."""


def export(uploader: str, folder: Path) -> None:
    """Write the files, and say what they came to."""
    with installation() as (settings, sessions), progress("records", None) as advance:
        records = _counted(read_all(sessions, settings, uploader), advance)
        counts = write(folder, uploader, records, at=utc_now())
    print_facts({part.value: count for part, count in counts.items() if count})
    typer.echo(f"{folder / README} says what each file is; give the folder to {uploader} and nobody else")


def erase(uploader: str, format_: Shape, *, sure: bool, wait: int) -> None:
    """Forget the person and print the report."""
    subject = Subject(scope=ErasureScope.UPLOADER, uploader=uploader)
    with installation() as (_, sessions):
        if not sure:
            typer.confirm(f"forget {uploader} for good?", abort=True)
        with sessions.begin() as session:
            stays = persons.staying(session, uploader)
            erasure_id = erasure.begin(session, subject, asked_by=_BY)
        report = _followed(sessions, erasure_id, wait)
    _print(report, stays, format_)


def _counted(records: Iterator[Record], advance: Advance) -> Iterator[Record]:
    for number, each in enumerate(records, 1):
        advance(number)
        yield each


def _followed(sessions: sessionmaker[Session], erasure_id: UUID, wait: int) -> StoredErasure:
    """The erasure's report once it is done, or the time is over."""
    until = time.monotonic() + wait
    while True:
        _proceed(sessions, erasure_id)
        with sessions() as session:
            report = erasures.get(session, erasure_id)
        assert report is not None, "it was just begun"
        if report.state is ErasureState.DONE or time.monotonic() >= until:
            return report
        time.sleep(_AGAIN_SECONDS)


def _proceed(sessions: sessionmaker[Session], erasure_id: UUID) -> None:
    """Take a step of it, where this role may; else it is the sweeper's, as ever."""
    try:
        erasure.proceed(sessions, erasure_id, pages=10)
    except ProgrammingError as error:
        if "InsufficientPrivilege" not in {kind.__name__ for kind in type(error.orig).__mro__}:
            raise


def _print(report: StoredErasure, stays: Staying, format_: Shape) -> None:
    kept: Mapping[str, int | None] = {name: getattr(stays, name, None) for name in _WHY}
    if format_ is Shape.JSON:
        staying = {name: {"rows": kept[name], "why": why} for name, why in _WHY.items()}
        facts = {"erasure": report.id, "state": report.state, "erased": dict(report.erased), "stays": staying}
        typer.echo(json_line(facts))
        return
    print_facts({"erasure": report.id, "state": report.state})
    print_facts({name: count for name, count in report.erased.items() if count}, title="erased")
    words = {name: why if kept[name] is None else f"{kept[name]}: {why}" for name, why in _WHY.items()}
    print_facts(words, title="stays")
    if report.state is ErasureState.RUNNING:
        typer.echo(f"the sweeper goes on with it; ask again with: artgate api erased {report.id}", err=True)
