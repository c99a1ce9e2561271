"""Gathers and prints what ``artgate show`` tells of a picture."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from db.queries import dossiers, persons, reviewers
from db.queries.dossiers import Dossier
from detector.reasons import Reason, Rejected
from worker.addresses import object_address
from worker.cli.output import Format, json_line, print_records
from worker.cli.work.wiring import installation
from worker.person.unnaming import UNNAMED, Unnaming
from worker.settings import Settings

_EVENTS = ("received_at", "kind", "state", "reason", "attempts", "id")
_IMAGES = ("created_at", "format", "width", "height", "object_version", "removed_at", "id")
_VERDICTS = (
    "created_at",
    "label",
    "probability",
    *("lightgbm", "svm", "random_forest"),
    "veto",
    "error_rate",
    "origin",
    "bundle",
    "id",
)
_ITEMS = ("created_at", "kind", "state", "claimed_by", "closed_at", "id")
_DECISIONS = ("created_at", "label", "stage", "moderator", "taken_back", "note")


def show(image: str, format_: Format) -> None:
    """Print the dossier of the object that ``image`` names."""
    with installation() as (settings, sessions), sessions() as session:
        dossier = _dossier(session, image)
        if format_ is Format.JSONL:
            dossier = _nameless(session, dossier, settings)
    if format_ is Format.JSONL:
        typer.echo(json_line({"bucket": dossier.bucket, "key": dossier.key, **_sections(dossier)}))
        return
    typer.echo(f"s3://{dossier.bucket}/{dossier.key}\n")
    for name, rows in _sections(dossier).items():
        if rows:
            print_records(rows, format_, _COLUMNS[name], title=name)


def _dossier(session: Session, image: str) -> Dossier:
    place = _place(session, image)
    dossier = None if place is None else dossiers.of_object(session, *place)
    if dossier is None or dossier.empty:
        raise Rejected(Reason.NOT_FOUND, f"nothing is known of {image}")
    return dossier


def _nameless(session: Session, dossier: Dossier, settings: Settings) -> Dossier:
    """With pseudonyms for names: what a program reads goes further than what stands on a screen."""
    named = {each.moderator for each in dossier.decisions}
    named |= {each.claimed_by for each in dossier.items if each.claimed_by is not None}
    known = reviewers.pseudonyms(session, named)
    unnamed = Unnaming([*persons.reviewers_named(session, []), *settings.moderator_tokens, *named])

    def called(name: str) -> str:
        return str(known[name]) if name in known else UNNAMED

    return replace(
        dossier,
        items=[
            replace(each, claimed_by=None if each.claimed_by is None else called(each.claimed_by))
            for each in dossier.items
        ],
        decisions=[
            replace(each, moderator=called(each.moderator), note=unnamed(each.note))
            for each in dossier.decisions
        ],
    )


def _place(session: Session, image: str) -> tuple[str, str] | None:
    if image.startswith("s3://"):
        return object_address(image)
    try:
        return dossiers.object_of(session, UUID(image))
    except ValueError:
        raise typer.BadParameter("give s3://bucket/key or an id", param_hint="IMAGE") from None


def _sections(dossier: Dossier) -> dict[str, list[dict[str, object]]]:
    return {
        "events": [asdict(event) for event in dossier.events],
        "images": [asdict(image) | {"sha256": image.sha256.hex()} for image in dossier.images],
        "verdicts": [
            asdict(verdict)
            | {
                "bundle": verdict.bundle_id[:12],
                "veto": verdict.veto_probability,
                "error_rate": _error_rate(verdict.warranty),
            }
            for verdict in dossier.verdicts
        ],
        "review": [asdict(item) for item in dossier.items],
        "decisions": [asdict(decision) for decision in dossier.decisions],
    }


def _error_rate(warranty: dict[str, Any] | None) -> str | None:
    """The rate that goes with a verdict, and its cell."""
    if warranty is None:
        return None
    return f"{100 * warranty['rate']:.1f} % ({warranty['domain']}, {warranty['tier']})"


_COLUMNS = {
    "events": _EVENTS,
    "images": _IMAGES,
    "verdicts": _VERDICTS,
    "review": _ITEMS,
    "decisions": _DECISIONS,
}
