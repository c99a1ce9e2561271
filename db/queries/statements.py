"""The facts that statements of reasons are made from: each SYNTHETIC that took effect, and how it came about.

A person's decision takes effect when the outside may know of it, a machine's verdict where a scan gave it; a
backfill's acts on nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, insert, select, true, union_all, update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import (
    Bundle,
    Decision,
    Event,
    HumanLabel,
    Image,
    ItemKind,
    ReviewItem,
    Stage,
    StatementBatch,
    StatementExport,
    Verdict,
    VerdictLabel,
    VerdictOrigin,
)
from db.queries.effective import settled_and_told
from db.queries.eligibility import stands
from db.queries.verdicts import StoredVerdict, get

_EXPORTING = 0x61727467_73746174
"""Number of the advisory lock under which one export at a time makes a batch."""
_LATE_SECONDS = 86_400.0
"""How much later than a younger one a decision may become known: more than the time to take it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanPart:
    """What people did."""

    opinions: int
    """People who looked in this round and said SYNTHETIC."""
    senior: bool
    """A senior settled it."""
    cites: UUID | None
    """It repeats the decision on a near-duplicate."""
    refusal: str | None
    """Reason code, where people were asked because the file could not be judged."""
    appealed: bool
    """It is the answer to an appeal against an earlier one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How one SYNTHETIC came about."""

    id: UUID
    """Of the decision, or of the verdict where no person decided."""
    image_id: UUID | None
    decided_at: datetime
    uploaded_at: datetime
    verdict: StoredVerdict | None
    """What the machine had said; None where it had judged nothing."""
    bundle_name: str | None
    people: HumanPart | None
    """None where the machine alone decided."""


def find(session: Session, subject_id: UUID) -> Facts | None:
    """The facts of one decision or verdict; None where it is no SYNTHETIC that took effect."""
    decision = session.execute(_decisions().where(Decision.id == subject_id)).one_or_none()
    if decision is not None:
        return _of_decision(session, *decision)
    verdict = get(session, subject_id)
    if verdict is None or verdict.label is not VerdictLabel.SYNTHETIC:
        return None
    return None if verdict.origin is not VerdictOrigin.SCAN else _of_verdict(session, verdict)


def verdict_of(session: Session, image_id: UUID, bundle_id: str) -> UUID | None:
    """The verdict of a bundle on a picture; None where it has not spoken."""
    query = select(Verdict.id).where(Verdict.image_id == image_id, Verdict.bundle_id == bundle_id)
    return session.scalars(query).one_or_none()


def reserve(session: Session, *, since: datetime | None, limit: int) -> int | None:
    """Fix what belongs to the next batch: the oldest ones that were never exported.

    Args:
        session: in a transaction.
        since: nothing older, where nothing was exported before.
        limit: most statements.

    Returns:
        The batch's number; None where there is nothing new.
    """
    session.execute(select(func.pg_advisory_xact_lock(_EXPORTING)))
    rows = session.execute(_unexported(_from(session, since), limit)).all()
    if not rows:
        return None
    number = session.scalars(insert(StatementBatch).returning(StatementBatch.number)).one()
    values = [
        {"subject_id": found, "decided_at": at, "batch": number, "place": place}
        for place, (found, at) in enumerate(rows)
    ]
    session.execute(insert(StatementExport), values)
    return number


def unwritten(session: Session) -> list[int]:
    """Numbers of batches whose file may be missing, in order."""
    query = select(StatementBatch.number).where(StatementBatch.written_at.is_(None))
    return list(session.scalars(query.order_by(StatementBatch.number)))


def members(session: Session, batch: int) -> list[UUID]:
    """What belongs to a batch, in order."""
    query = select(StatementExport.subject_id).where(StatementExport.batch == batch)
    return list(session.scalars(query.order_by(StatementExport.place)))


def written(session: Session, batch: int) -> None:
    """Note that the file of a batch is there."""
    session.execute(
        update(StatementBatch).where(StatementBatch.number == batch).values(written_at=db_now()),
        execution_options={"synchronize_session": False},
    )


def _from(session: Session, since: datetime | None) -> datetime | None:
    """No older ones need be looked at."""
    last = session.scalars(select(func.max(StatementExport.decided_at).label("last"))).one_or_none()
    if last is None:
        return since
    return last - timedelta(seconds=_LATE_SECONDS)


def _unexported(since: datetime | None, limit: int) -> Select[Any]:
    exported = exists().where(StatementExport.subject_id == Decision.id)
    by_people = _decisions().with_only_columns(Decision.id.label("id"), Decision.created_at.label("at"))
    by_people = by_people.where(~exported, true() if since is None else Decision.created_at >= since)
    by_machine = select(Verdict.id.label("id"), Verdict.created_at.label("at")).where(
        Verdict.label == VerdictLabel.SYNTHETIC,
        Verdict.origin == VerdictOrigin.SCAN,
        ~exists().where(StatementExport.subject_id == Verdict.id),
        true() if since is None else Verdict.created_at >= since,
    )
    first = [each.order_by("at", "id").limit(limit) for each in (by_people, by_machine)]
    both = union_all(*(each.subquery().select() for each in first)).subquery()
    return select(both.c.id, both.c.at).order_by(both.c.at, both.c.id).limit(limit)


def _decisions() -> Select[Decision, ReviewItem]:
    return (
        select(Decision, ReviewItem)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .where(
            Decision.label == HumanLabel.SYNTHETIC, settled_and_told(), ReviewItem.known_answer_id.is_(None)
        )
    )


def _of_decision(session: Session, decision: Decision, item: ReviewItem) -> Facts:
    verdict = None if item.verdict_id is None else get(session, item.verdict_id)
    uploaded = _uploaded_at(session, item.event_id, item.image_id)
    return Facts(
        id=decision.id,
        image_id=decision.image_id,
        decided_at=decision.created_at,
        uploaded_at=uploaded or item.created_at,
        verdict=verdict,
        bundle_name=_bundle_name(session, verdict),
        people=HumanPart(
            opinions=_opinions(session, decision),
            senior=decision.stage is Stage.SENIOR,
            cites=decision.cited_id,
            refusal=item.reason if item.kind is ItemKind.REFUSAL else None,
            appealed=decision.round > 1 and decision.round not in item.asked_again,
        ),
    )


def _of_verdict(session: Session, verdict: StoredVerdict) -> Facts:
    uploaded = _uploaded_at(session, verdict.event_id, verdict.image_id)
    return Facts(
        id=verdict.id,
        image_id=verdict.image_id,
        decided_at=verdict.created_at,
        uploaded_at=uploaded or verdict.created_at,
        verdict=verdict,
        bundle_name=_bundle_name(session, verdict),
        people=None,
    )


def _opinions(session: Session, decision: Decision) -> int:
    """People of the decision's round who said the same, however often each was asked."""
    query = select(func.count(func.distinct(Decision.moderator))).where(
        Decision.item_id == decision.item_id,
        Decision.round == decision.round,
        Decision.label == HumanLabel.SYNTHETIC,
        stands(),
    )
    return session.scalars(query).one()


def _uploaded_at(session: Session, event_id: UUID | None, image_id: UUID | None) -> datetime | None:
    of_event = select(Event.received_at).where(Event.id == event_id)
    of_image = select(Image.created_at).where(Image.id == image_id)
    return session.scalars(of_event).one_or_none() or session.scalars(of_image).one_or_none()


def _bundle_name(session: Session, verdict: StoredVerdict | None) -> str | None:
    if verdict is None:
        return None
    return session.scalars(select(Bundle.name).where(Bundle.id == verdict.bundle_id)).one_or_none()
