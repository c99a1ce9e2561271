"""Known answers: pictures that reviewers are asked about although it is known what they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, cast, exists, false, func, insert, literal, select, update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Decision, HumanLabel, Image, ItemKind, KnownAnswer, ReviewItem, Verdict
from db.queries.eligibility import WAITING
from db.queries.reviewers import own_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One known answer, with how it was answered."""

    id: UUID
    image_id: UUID
    bucket: str
    key: str
    label: HumanLabel
    retired_at: datetime | None
    asked: int
    """Reviewers who were asked."""


def add(session: Session, known_id: UUID, image_id: UUID, label: HumanLabel) -> UUID | None:
    """Note what a picture is; what was known of it before is replaced, and asked again.

    Returns:
        The known answer's id; None where the picture has no verdict to show with the question.
    """
    verdict = (
        select(Verdict.id).where(Verdict.image_id == image_id).order_by(Verdict.created_at.desc()).limit(1)
    )
    verdict_id = session.execute(verdict).scalar_one_or_none()
    if verdict_id is None:
        return None
    values = {"label": label, "verdict_id": verdict_id, "retired_at": None}
    known = update(KnownAnswer).where(KnownAnswer.image_id == image_id).values(**values)
    changed = session.execute(known.returning(KnownAnswer.id)).scalar_one_or_none()
    if changed is not None:
        return changed
    session.execute(insert(KnownAnswer).values(id=known_id, image_id=image_id, **values))
    return known_id


def retire(session: Session, known_id: UUID) -> bool:
    """Ask it no more. False where there is none of that id, or it was retired before."""
    query = update(KnownAnswer).where(KnownAnswer.id == known_id, KnownAnswer.retired_at.is_(None))
    retired = session.execute(query.values(retired_at=db_now()).returning(KnownAnswer.id))
    return retired.scalar_one_or_none() is not None


def all_known(session: Session) -> list[Known]:
    """Every known answer, oldest first."""
    asked = (
        select(func.count())
        .select_from(ReviewItem)
        .where(ReviewItem.known_answer_id == KnownAnswer.id)
        .scalar_subquery()
    )
    own = (getattr(KnownAnswer, name) for name in ("id", "image_id", "label", "retired_at"))
    query = (
        select(*own, Image.bucket, Image.key, asked.label("asked"))
        .join(Image, Image.id == KnownAnswer.image_id)
        .order_by(KnownAnswer.created_at, KnownAnswer.id)
    )
    return [Known(**row._mapping) for row in session.execute(query)]


def waits_for_decision(session: Session, image_id: UUID) -> bool:
    """An item about this picture is still to be decided in earnest."""
    query = select(ReviewItem.id).where(
        ReviewItem.image_id == image_id, ReviewItem.state.in_(WAITING), ReviewItem.known_answer_id.is_(None)
    )
    return session.execute(query.limit(1)).scalar_one_or_none() is not None


def unasked(session: Session, moderator: str) -> UUID | None:
    """A known answer that is new to a moderator: never decided, uploaded or appealed by them.

    Which of several, depends on the moderator, so that two who sit together aren't asked the same in turn.
    """
    of_picture = ReviewItem.image_id == KnownAnswer.image_id
    names = own_names(moderator)
    seen = exists().where(
        of_picture,
        (ReviewItem.claimed_by == moderator)
        | ReviewItem.appealed_by.overlap(names)
        | exists().where(Decision.item_id == ReviewItem.id, Decision.moderator == moderator),
    )
    order: ColumnElement[str] = func.md5(func.concat(cast(KnownAnswer.id, Text), literal(moderator)))
    query = (
        select(KnownAnswer.id)
        .join(Image, Image.id == KnownAnswer.image_id)
        .where(
            KnownAnswer.retired_at.is_(None),
            ~seen,
            ~func.coalesce(Image.uploader == any_(names), false()),
        )
        .order_by(order)
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def open_question(session: Session, item_id: UUID, known_id: UUID, *, created_at: datetime) -> None:
    """Open an item that asks for a known answer, as old as others are."""
    known = session.get_one(KnownAnswer, known_id)
    session.execute(
        insert(ReviewItem).values(
            id=item_id,
            kind=ItemKind.UNCERTAIN,
            image_id=known.image_id,
            verdict_id=known.verdict_id,
            known_answer_id=known_id,
            priority=0.0,
            created_at=created_at,
        )
    )


def age_of_next(session: Session, free: ColumnElement[bool], queues: Collection[str]) -> datetime | None:
    """When the oldest of some free items of these queues was opened; None where there is none."""
    query = select(ReviewItem.created_at).where(free, ReviewItem.queue.in_(queues))
    return session.execute(query.order_by(ReviewItem.priority.desc()).limit(1)).scalar_one_or_none()
