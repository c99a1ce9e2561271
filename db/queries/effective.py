"""What holds of a picture now: a person's decision where there is one, else what the machine said.

The machine speaks through the newest scan: a backfill's verdicts stand beside it and act on nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Decision, HumanLabel, Image, ReviewItem, Verdict, VerdictLabel, VerdictOrigin
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of a history ended."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry of a picture's history: a verdict or a decision."""

    at: datetime
    id: UUID
    image_id: UUID
    verdict: StoredVerdict | None
    decision: ToldDecision | None


def image_of(session: Session, bucket: str, key: str, version: str | None = None) -> UUID | None:
    """The newest picture of an object, or of one of its versions; None where none was ever decoded."""
    newest = pictures_of(bucket, key, version).order_by(Image.created_at.desc(), Image.id.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def pictures_of(bucket: str, key: str, version: str | None = None) -> Select[UUID]:
    """Ids of an object's pictures, one for each version that was decoded."""
    query = select(Image.id).where(Image.bucket == bucket, Image.key == key)
    if version is None:
        return query
    return query.where(or_(Image.object_version == version, Image.version_id == version))


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


def decision_of(session: Session, item_id: UUID) -> ToldDecision | None:
    """The newest decision that settled an item; None where it is not settled, or may yet be taken back."""
    query = _told().where(ReviewItem.id == item_id).order_by(Decision.created_at.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return None if row is None else ToldDecision(**row._mapping)


def history(session: Session, pictures: Select[UUID], *, before: Place | None, limit: int) -> list[Said]:
    """What machines and people have said of some pictures, newest first, from behind a place on."""
    said = select(Verdict.id, Verdict.created_at, Verdict.image_id).where(Verdict.image_id.in_(pictures))
    told = _told().where(ReviewItem.image_id.in_(pictures)).add_columns(ReviewItem.image_id)
    if before is not None:
        at, last = before.at, before.id
        said = said.where(tuple_(Verdict.created_at, Verdict.id) < tuple_(at, last))
        told = told.where(tuple_(Decision.created_at, Decision.id) < tuple_(at, last))
    said = said.order_by(Verdict.created_at.desc(), Verdict.id.desc()).limit(limit)
    told = told.order_by(Decision.created_at.desc(), Decision.id.desc()).limit(limit)
    verdicts = [
        Said(at=at, id=found, image_id=image_id, verdict=get(session, found), decision=None)
        for found, at, image_id in session.execute(said)
    ]
    decisions = []
    for row in session.execute(told):
        *members, image_id = row
        decision = ToldDecision(**dict(zip(ToldDecision.__dataclass_fields__, members, strict=True)))
        decisions.append(
            Said(at=decision.created_at, id=decision.id, image_id=image_id, verdict=None, decision=decision)
        )
    newest = sorted(verdicts + decisions, key=lambda each: (each.at, each.id), reverse=True)
    return newest[:limit]


def accusation_of(session: Session, image_id: UUID) -> UUID | None:
    """The decision or the verdict that holds of a picture, where it is SYNTHETIC."""
    decision = decision_on(session, image_id)
    if decision is not None:
        return decision.id if decision.label is HumanLabel.SYNTHETIC else None
    verdict = machine_verdict(session, image_id)
    return None if verdict is None or verdict.label is not VerdictLabel.SYNTHETIC else verdict.id


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
