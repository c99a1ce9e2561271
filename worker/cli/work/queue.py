"""What ``artgate queue`` does at the moderators' desk, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import typer

from db.models.review import Ground, ItemKind, ItemState, Stage
from db.queries import items
from db.queries.eligibility import WAITING
from db.queries.items import Item
from detector.warranty import Assurance
from worker.cli.output import Format, age, json_line, print_facts, print_records
from worker.cli.work.wiring import installation
from worker.clock import utc_now
from worker.review import asides, blinding, clusters, deciding, desk
from worker.review.placing import policy_in_force
from worker.review.schemas import CaseView, Choice, WarrantyView

_NEXT = {
    None: "The platform is told as soon as the decision can't be taken back any more.",
    Stage.SECOND: "Another reviewer is asked, without being told of this answer.",
    Stage.SENIOR: "A senior is asked: the opinions differ.",
}
_WHERE_GIVEN = ("decision", "lease_number", "lease_until", "available_at", "assigned_to")
_COLUMNS = ("id", "queue", "kind", "state", "age", "probability", "object", "reason", "claimed_by")


def list_items(state: str | None, kind: str | None, queue: str | None, limit: int, format_: Format) -> None:
    """Print a page of the queue."""
    wanted = (ItemState(state),) if state else WAITING
    with installation() as (_, sessions), sessions() as session:
        found = items.list_items(session, states=wanted, kind=_kind(kind), queue=queue, limit=limit)
    if not found and format_ is Format.TABLE:
        typer.echo("no such item" if state or kind or queue else "no item waits for a decision")
        return
    print_records(map(_row, found), format_, _COLUMNS)


def show(item: UUID, format_: Format) -> None:
    """Print one item with its evidence."""
    with installation() as (_, sessions), sessions() as session:
        case = desk.look(session, item)
    _print_case(case, format_)


def claim(item: UUID | None, moderator: str, kind: str | None, queue: str | None, format_: Format) -> None:
    """Claim an item and print it, with the command that decides it."""
    with installation() as (settings, sessions), sessions.begin() as session:
        seconds = settings.review_lease_seconds
        if item is None:
            item = desk.claim_next(
                session, moderator, lease_seconds=seconds, kind=_kind(kind), queue=queue
            ).id
        else:
            desk.claim(session, item, moderator, lease_seconds=seconds)
        case = blinding.seen_case(session, desk.look(session, item), moderator)
    _print_case(case, format_)
    if format_ is Format.TABLE:
        command = f"artgate queue decide {item} genuine|synthetic|cannot_tell"
        if case.item.scores_hidden:
            typer.echo(
                "\nThis queue asks what you think before it shows what the detector says:\n"
                f"artgate queue opinion {item} genuine|synthetic|cannot_tell --lease {case.item.lease_number}"
                f' --as "{moderator}"'
            )
        if case.verdict is not None:
            typer.echo(f"\nWhy it was judged so: artgate explain {item}")
        typer.echo(f'\nDecide with: {command} --lease {case.item.lease_number} --as "{moderator}"')


def renew(item: UUID, lease: int, moderator: str, format_: Format) -> None:
    """Renew a lease and print its end."""
    with installation() as (settings, sessions), sessions.begin() as session:
        held = desk.renew(session, item, moderator, lease, lease_seconds=settings.review_lease_seconds)
    _print_item(held, format_)


def release(item: UUID, lease: int, moderator: str, format_: Format) -> None:
    """Release an item."""
    with installation() as (_, sessions), sessions.begin() as session:
        released = desk.release(session, item, moderator, lease)
    _print_item(released, format_)


def near(item: UUID, moderator: str, format_: Format) -> None:
    """Print the near-duplicates of an item."""
    with installation() as (_, sessions), sessions() as session:
        desk.look(session, item, unless_of=moderator)
        policy = policy_in_force(session).policy.cluster
        found = blinding.seen_all(session, clusters.preview(session, item, moderator, policy), moderator)
    if not found and format_ is Format.TABLE:
        typer.echo("nothing that waits is near it")
        return
    print_records(map(_row, found), format_, _COLUMNS)


def decide(
    item: UUID,
    decision: str,
    lease: int,
    moderator: str,
    *,
    ground: str | None,
    note: str | None,
    also: Sequence[UUID],
    format_: Format,
) -> None:
    """Decide an item, and say what happens next."""
    with installation() as (settings, sessions), sessions.begin() as session:
        undo_seconds = settings.review_undo_seconds
        decided = deciding.decide(
            session,
            item,
            moderator,
            lease,
            label=Choice(decision).label,
            ground=None if ground is None else Ground(ground),
            note=note,
            also=also,
            undo_seconds=undo_seconds,
        )
    _print_item(decided, format_)
    if format_ is Format.TABLE:
        typer.echo(_NEXT[None if decided.state is ItemState.DECIDED else decided.stage])


def opinion(item: UUID, answer: str, lease: int, moderator: str, format_: Format) -> None:
    """Give a first opinion, and print what was hidden before it."""
    with installation() as (_, sessions), sessions.begin() as session:
        blinding.opine(session, item, moderator, lease, Choice(answer).label)
        case = blinding.seen_case(session, desk.look(session, item), moderator)
    _print_case(case, format_)


def undo(item: UUID, lease: int, moderator: str, format_: Format) -> None:
    """Take a decision back."""
    with installation() as (settings, sessions), sessions.begin() as session:
        taken = deciding.undo(
            session,
            item,
            moderator,
            lease,
            undo_seconds=settings.review_undo_seconds,
            lease_seconds=settings.review_lease_seconds,
        )
    _print_item(taken, format_)


def escalate(item: UUID, lease: int, moderator: str, why: str, format_: Format) -> None:
    """Leave an item to a senior."""
    with installation() as (_, sessions), sessions.begin() as session:
        _print_item(asides.escalate(session, item, moderator, lease, why=why), format_)


def skip(item: UUID, lease: int, moderator: str, why: str, format_: Format) -> None:
    """Skip an item."""
    with installation() as (_, sessions), sessions.begin() as session:
        _print_item(asides.skip(session, item, moderator, lease, why=why), format_)


def hold(item: UUID, lease: int, moderator: str, *, hours: float, why: str, format_: Format) -> None:
    """Put an item on hold for some hours."""
    until = utc_now() + timedelta(hours=hours)
    with installation() as (_, sessions), sessions.begin() as session:
        _print_item(asides.hold(session, item, moderator, lease, until=until, why=why), format_)


def give(item: UUID, lease: int, moderator: str, *, to: str, why: str | None, format_: Format) -> None:
    """Hand an item over."""
    with installation() as (_, sessions), sessions.begin() as session:
        _print_item(asides.hand_over(session, item, moderator, lease, to=to, why=why), format_)


def _kind(name: str | None) -> ItemKind | None:
    return None if name is None else ItemKind(name)


def _row(item: Item) -> dict[str, object]:
    return {**asdict(item), "age": age(item.age_seconds), "object": f"{item.bucket}/{item.key}"}


def _print_item(item: Item, format_: Format) -> None:
    given = [name for name in _WHERE_GIVEN if getattr(item, name) is not None]
    print_records([_row(item)], format_, ("id", "state", *given, "object"))


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
        "queue": item.queue,
        "waits for": f"{item.stage} opinion" if item.state is not ItemState.DECIDED else None,
        "language": item.language,
        "waiting for": age(item.age_seconds),
        "due at": item.due_at,
        "held by": item.claimed_by,
        "lease number": item.lease_number or None,
        "lease until": item.lease_until,
        "on hold until": item.available_at,
        "kept for": item.assigned_to,
        "why": view.detail or item.reason,
        "decision": item.decision,
        "repeats decision": item.cites,
        "made by": "no person" if item.automatic else None,
        "near decision": item.near_id,
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
            "error rate": _sentence(evidence.warranty),
            "bundle": evidence.bundle_id[:12],
        }
    print_facts(facts)


def _sentence(warranty: WarrantyView | None) -> str | None:
    """The rate that goes with a verdict, in words."""
    return None if warranty is None else Assurance(**warranty.model_dump()).sentence()
