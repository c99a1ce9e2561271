"""Draws confident verdicts for people to look at, so that errors outside the band are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import AuditCursor, AuditSample, Image, ItemKind, Verdict, VerdictLabel, VerdictOrigin
from db.queries import review
from db.queries.review import NewItem

CONFIDENT = (VerdictLabel.GENUINE, VerdictLabel.SYNTHETIC)
_SETTLED_SECONDS = 60.0
"""Verdicts are drawn from so long after they were written: none of that time can still be uncommitted."""
_OLDEST_SECONDS = 86_400.0
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One verdict that may be drawn."""

    id: UUID
    image_id: UUID
    event_id: UUID | None
    label: VerdictLabel
    created_at: datetime


def candidates(session: Session, *, limit: int) -> list[Candidate]:
    """Confident verdicts of scans behind the cursor, oldest first; the cursor is locked.

    The first call sets the cursor at the present; nothing that is more than a day old is drawn from.
    """
    begin = insert(AuditCursor).values(id=1, upto=db_after(-_SETTLED_SECONDS), last_id=_FIRST)
    session.execute(begin.on_conflict_do_nothing())
    cursor = session.scalars(
        select(AuditCursor).with_for_update(), execution_options={"populate_existing": True}
    ).one()
    rows = session.execute(
        select(Verdict.id, Verdict.image_id, Verdict.event_id, Verdict.label, Verdict.created_at)
        .where(
            Verdict.origin == VerdictOrigin.SCAN,
            Verdict.label.in_(CONFIDENT),
            tuple_(Verdict.created_at, Verdict.id) > tuple_(cursor.upto, cursor.last_id),
            Verdict.created_at > db_after(-_OLDEST_SECONDS),
            Verdict.created_at <= db_after(-_SETTLED_SECONDS),
        )
        .order_by(Verdict.created_at, Verdict.id)
        .limit(limit)
    )
    found = [Candidate(**row._mapping) for row in rows]
    if found:
        cursor.upto, cursor.last_id = found[-1].created_at, found[-1].id
        session.flush()
    return found


def ask(
    session: Session,
    drawn: Sequence[Candidate],
    shares: Mapping[VerdictLabel, float],
    item_ids: Sequence[UUID],
) -> int:
    """Open an item for each drawn verdict whose picture is still there. How many."""
    there = select(Image.id).where(
        Image.id.in_([each.image_id for each in drawn]), Image.removed_at.is_(None)
    )
    kept = set(session.scalars(there))
    asked = 0
    for candidate, item_id in zip(drawn, item_ids, strict=True):
        if candidate.image_id not in kept:
            continue
        new = NewItem(
            id=item_id,
            kind=ItemKind.UNCERTAIN,
            priority=0.0,
            image_id=candidate.image_id,
            event_id=candidate.event_id,
            verdict_id=candidate.id,
        )
        opened = review.open_item(session, new)
        row = insert(AuditSample).values(
            verdict_id=candidate.id, item_id=opened, label=candidate.label, share=shares[candidate.label]
        )
        session.execute(row.on_conflict_do_nothing())
        asked += 1
    return asked
