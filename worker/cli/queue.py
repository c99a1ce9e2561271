"""``artgate queue``: the moderators' desk for an operator, directly on the database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from db.models.review import HumanLabel, ItemKind, ItemState
from db.queries import items
from db.queries.items import Item
from worker.cli.output import Format, FormatOption, age, json_line, print_facts, print_records
from worker.cli.wiring import installation
from worker.review import desk
from worker.review.schemas import CaseView, Choice

_COLUMNS = ("id", "kind", "state", "age", "probability", "object", "reason", "claimed_by")
_WAITING = (ItemState.OPEN, ItemState.CLAIMED)

ItemArgument = Annotated[UUID, typer.Argument(metavar="ITEM", help="Id of the review item.")]
LeaseOption = Annotated[
    int, typer.Option("--lease", min=1, help="Lease number that the claim gave.", show_default=False)
]
NameOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Name that the claim and the decision stand under.")
]


def list_items(
    *,
    state: Annotated[
        list[ItemState] | None, typer.Option(help="Only items in this state; repeatable.")
    ] = None,
    kind: Annotated[ItemKind | None, typer.Option(help="Only items of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most items to list.")] = 50,
    format_: FormatOption = Format.TABLE,
) -> None:
    """List review items, the most urgent first; by default those that wait for a decision."""
    with installation() as (_, sessions), sessions() as session:
        found = items.list_items(session, states=state or _WAITING, kind=kind, limit=limit)
    if not found and format_ is Format.TABLE:
        typer.echo("no item waits for a decision")
        return
    print_records(map(_row, found), format_, _COLUMNS)


def show(item: ItemArgument, *, format_: FormatOption = Format.TABLE) -> None:
    """Show one review item with its evidence."""
    with installation() as (_, sessions), sessions() as session:
        _print_case(desk.look(session, item), format_)


def claim(
    item: Annotated[
        UUID | None, typer.Argument(metavar="[ITEM]", help="Id of an item; the most urgent one without it.")
    ] = None,
    *,
    moderator: NameOption,
    kind: Annotated[ItemKind | None, typer.Option(help="Take the next item of this kind.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Take the next item, or a named one, and print its evidence and its lease number."""
    with installation() as (settings, sessions), sessions.begin() as session:
        seconds = settings.review_lease_seconds
        if item is None:
            item = desk.claim_next(session, moderator, lease_seconds=seconds, kind=kind).id
        else:
            desk.claim(session, item, moderator, lease_seconds=seconds)
        case = desk.look(session, item)
    _print_case(case, format_)
    if format_ is Format.TABLE:
        command = f"artgate queue decide {item} genuine|synthetic|cannot_tell"
        typer.echo(f'\nDecide with: {command} --lease {case.item.lease_number} --as "{moderator}"')


def renew(
    item: ItemArgument, *, lease: LeaseOption, moderator: NameOption, format_: FormatOption = Format.TABLE
) -> None:
    """Hold a claimed item for another lease, from now."""
    with installation() as (settings, sessions), sessions.begin() as session:
        held = desk.renew(session, item, moderator, lease, lease_seconds=settings.review_lease_seconds)
    _print_item(held, format_)


def release(
    item: ItemArgument, *, lease: LeaseOption, moderator: NameOption, format_: FormatOption = Format.TABLE
) -> None:
    """Give a claimed item back undecided."""
    with installation() as (_, sessions), sessions.begin() as session:
        _print_item(desk.release(session, item, moderator, lease), format_)


def decide(
    item: ItemArgument,
    decision: Annotated[Choice, typer.Argument(help="What you found.")],
    *,
    lease: LeaseOption,
    moderator: NameOption,
    note: Annotated[str | None, typer.Option(help="Why, for whoever reads it later.")] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Record the decision on a claimed item. Decisions are never changed."""
    with installation() as (_, sessions), sessions.begin() as session:
        decided = desk.decide(session, item, moderator, lease, label=HumanLabel(decision.label), note=note)
    _print_item(decided, format_)


def _row(item: Item) -> dict[str, object]:
    return {**asdict(item), "age": age(item.age_seconds), "object": f"{item.bucket}/{item.key}"}


def _print_item(item: Item, format_: Format) -> None:
    print_records([_row(item)], format_, ("id", "state", "decision", "lease_until", "object"))


def _print_case(case: desk.Case, format_: Format) -> None:
    view = CaseView.of(case)
    if format_ is Format.JSONL:
        typer.echo(json_line(view.model_dump(mode="json")))
        return
    item, evidence = case.item, view.evidence
    facts: dict[str, object] = {
        "item": item.id,
        "state": item.state,
        "object": f"s3://{item.bucket}/{item.key}",
        "waiting for": age(item.age_seconds),
        "held by": item.claimed_by,
        "lease number": item.lease_number or None,
        "lease until": item.lease_until,
        "why": view.detail or item.reason,
        "decision": item.decision,
    }
    if evidence is not None:
        facts |= {
            "probability": evidence.probability,
            "between": f"{evidence.thresholds.genuine_below} and {evidence.thresholds.synthetic_from}",
            "lightgbm": evidence.members.lightgbm,
            "svm": evidence.members.svm,
            "random forest": evidence.members.random_forest,
            "veto": evidence.veto.probability,
            "veto overruled": evidence.veto.overruled,
            "bundle": evidence.bundle_id[:12],
        }
    print_facts(facts)
