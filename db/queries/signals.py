"""What the platform says of a picture that waits: how many see it, report it, and whether it is appealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, any_, case, cast, func, literal, or_, select, update
from sqlalchemy.orm import Session

from db.models import Event, Image, ItemState, ReviewItem
from db.queries.eligibility import WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is known now; None leaves a fact as it was."""

    reach: int | None = None
    """People who have seen it, in all."""
    reports: int | None = None
    """Reports of it, in all."""
    language: str | None = None
    appealed_by: str | None = None
    """Someone who asks for another look; kept beside those who asked before."""


def decided_items(session: Session, bucket: str, key: str) -> list[UUID]:
    """The decided items of an object's pictures and refused uploads, newest first."""
    decided = _about(bucket, key), ReviewItem.state == ItemState.DECIDED
    return list(session.scalars(select(ReviewItem.id).where(*decided).order_by(ReviewItem.created_at.desc())))


def apply(session: Session, bucket: str, key: str, given: Signals) -> list[UUID]:
    """Write them to the waiting items of an object. Returns the items' ids."""
    return _apply(session, _about(bucket, key), given)


def apply_to(session: Session, item_id: UUID, given: Signals) -> list[UUID]:
    """Write them to one item, if it waits. Returns its id."""
    return _apply(session, ReviewItem.id == item_id, given)


def _apply(session: Session, which: ColumnElement[bool], given: Signals) -> list[UUID]:
    facts: dict[str, Any] = {
        name: getattr(given, name)
        for name in ("reach", "reports", "language")
        if getattr(given, name) is not None
    }
    if given.appealed_by is not None:
        who = cast(literal(given.appealed_by), Text)
        known = who == any_(ReviewItem.appealed_by)
        facts["appealed_by"] = case(
            (known, ReviewItem.appealed_by), else_=func.array_append(ReviewItem.appealed_by, who)
        )
        facts["asked_again"] = func.array_remove(ReviewItem.asked_again, ReviewItem.round)
    waiting = update(ReviewItem).where(which, ReviewItem.state.in_(WAITING))
    changed = waiting.values(**facts).returning(ReviewItem.id)
    return list(session.scalars(changed.execution_options(synchronize_session=False)))


def _about(bucket: str, key: str) -> ColumnElement[bool]:
    """For the ``ReviewItem`` of a query: it is about a picture or a refused upload of this object."""
    pictures = select(Image.id).where(Image.bucket == bucket, Image.key == key)
    events = select(Event.id).where(Event.bucket == bucket, Event.key == key)
    about = or_(ReviewItem.image_id.in_(pictures), ReviewItem.event_id.in_(events))
    return and_(about, ReviewItem.known_answer_id.is_(None))
