"""Deadlines of appeals: which have passed, whether the appeal was decided by then, and how many wait."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Appeal, ReviewItem
from db.queries.eligibility import WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Appeals that wait for their decision."""

    open: int
    late: int
    """Of them, those past their deadline."""


def note_passed(session: Session, *, limit: int) -> tuple[int, list[UUID]]:
    """Note of appeals whose deadline has passed since whether they still waited then.

    Returns:
        How many were looked at; the items of those that waited.
    """
    due = (
        select(Appeal.id)
        .where(Appeal.late.is_(None), Appeal.due_at <= db_now())
        .order_by(Appeal.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    waits = select(_waits()).where(ReviewItem.id == Appeal.item_id).scalar_subquery()
    noted = update(Appeal).where(Appeal.id.in_(due)).values(late=waits).returning(Appeal.item_id, Appeal.late)
    found = session.execute(noted.execution_options(synchronize_session=False)).all()
    return len(found), sorted({item_id for item_id, late in found if late})


def waiting(session: Session) -> Waiting:
    """How many appeals wait, and how many of them too long."""
    # Said of the item too: few that wait are appealed, and those few are looked up.
    appealed = ReviewItem.state.in_(WAITING) & (func.cardinality(ReviewItem.appealed_by) > 0)
    query = (
        select(func.count(), func.count().filter(Appeal.due_at <= db_now()))
        .select_from(ReviewItem)
        .join(Appeal, and_(Appeal.item_id == ReviewItem.id, Appeal.round == ReviewItem.round))
        .where(appealed)
    )
    number, late = session.execute(query).one()
    return Waiting(open=number, late=late)


def _waits() -> ColumnElement[bool]:
    return and_(ReviewItem.state.in_(WAITING), ReviewItem.round == Appeal.round)
