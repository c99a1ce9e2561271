"""Adds, lists and retires known answers."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import typer

from db.queries import known
from detector.reasons import Reason, Rejected
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation
from worker.review import questions
from worker.review.placing import policy_in_force
from worker.review.schemas import Choice

_COLUMNS = ("id", "label", "asked", "retired_at", "object")


def add(image: UUID, answer: str) -> None:
    """Add a known answer."""
    with installation() as (_, sessions), sessions.begin() as session:
        made = questions.add(session, image, Choice(answer).label)
        share = policy_in_force(session).policy.known_answer_share
    typer.echo(f"known answer {made}")
    if not share:
        typer.echo("Nobody is asked yet: set known_answer_share with `artgate policy apply`.")


def list_(format_: Format) -> None:
    """Print all known answers."""
    with installation() as (_, sessions), sessions() as session:
        found = known.all_known(session)
    if not found and format_ is Format.TABLE:
        typer.echo("no answer is known yet: `artgate known add IMAGE genuine|synthetic` adds one")
        return
    rows = ({**asdict(each), "object": f"{each.bucket}/{each.key}"} for each in found)
    print_records(rows, format_, _COLUMNS)


def retire(known_id: UUID) -> None:
    """Retire a known answer."""
    with installation() as (_, sessions), sessions.begin() as session:
        if not known.retire(session, known_id):
            raise Rejected(Reason.NOT_FOUND, f"there is no known answer {known_id} that is still asked")
    typer.echo("it is asked no more")
