"""What holds of a picture now: a person's decision where there is one, else what the machine said.

The machine speaks through the newest scan: a backfill's verdicts stand beside it and act on nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Decision, HumanLabel, Image, ReviewItem, Verdict, VerdictOrigin
from db.queries.eligibility import stands
from db.queries.verdicts import StoredVerdict, get


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDecision:
    """A person's decision that the outside may know of."""

    id: UUID
    item_id: UUID
    label: HumanLabel
    cites: UUID | None
    automatic: bool
    created_at: datetime


def image_of(
    session: Session, *, image_id: UUID | None, bucket: str | None, key: str | None, version: str | None
) -> UUID | None:
    """The id of the picture that is asked for: this one, or the newest of an object, or of its version."""
    if image_id is not None:
        return session.scalars(select(Image.id).where(Image.id == image_id)).one_or_none()
    query = select(Image.id).where(Image.bucket == bucket, Image.key == key)
    if version is not None:
        query = query.where(or_(Image.object_version == version, Image.version_id == version))
    newest = query.order_by(Image.created_at.desc(), Image.id.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def machine_verdict(session: Session, image_id: UUID) -> StoredVerdict | None:
    """The verdict of a picture's newest scan; None where it has none."""
    newest = (
        select(Verdict.id)
        .where(Verdict.image_id == image_id, Verdict.origin == VerdictOrigin.SCAN)
        .order_by(Verdict.created_at.desc(), Verdict.id.desc())
        .limit(1)
    )
    found = session.scalars(newest).one_or_none()
    return None if found is None else get(session, found)


def decision_on(session: Session, image_id: UUID) -> ToldDecision | None:
    """The newest decision that settled an item of a picture; None where people have settled none."""
    query = _told().where(ReviewItem.image_id == image_id).order_by(Decision.created_at.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return None if row is None else ToldDecision(**row._mapping)


def decisions_on(session: Session, image_id: UUID, *, limit: int) -> list[ToldDecision]:
    """All decisions that settled items of a picture, newest first."""
    query = _told().where(ReviewItem.image_id == image_id).order_by(Decision.created_at.desc()).limit(limit)
    return [ToldDecision(**row._mapping) for row in session.execute(query)]


def settled_and_told() -> ColumnElement[bool]:
    """For the ``Decision`` of a query: it settled its item, stands, and may be known outside."""
    return Decision.settles & stands() & func.coalesce(Decision.told_from <= db_now(), true())


def _told() -> Select[UUID, UUID, HumanLabel, UUID | None, bool, datetime]:
    """Decisions on real questions: what reviewers say where the answer is known binds nobody."""
    return (
        select(
            Decision.id,
            Decision.item_id,
            Decision.label,
            Decision.cited_id.label("cites"),
            Decision.automatic,
            Decision.created_at,
        )
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .where(settled_and_told(), ReviewItem.known_answer_id.is_(None))
    )
