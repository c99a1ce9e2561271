"""What one moderator has before them: what they hold, what is kept for them, what they did today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Double, and_, cast, func, select
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import BrowserSession, Decision, HumanLabel, ItemState, ReviewItem
from db.queries import items
from db.queries.eligibility import WAITING, stands
from db.queries.items import Item

_LOOK_BACK = timedelta(hours=6)
"""How far back work without a break is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """One's latest decision that can still be taken back."""

    item_id: UUID
    lease_number: int
    label: HumanLabel
    seconds_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How much one has decided, and when lately."""

    today: int
    """Since midnight, UTC."""
    in_session: int | None
    """Since this browser signed in; None for who has no session."""
    lately: tuple[datetime, ...]
    """When, oldest first, within some hours."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What waits in one queue."""

    queue: str
    waiting: int
    claimed: int
    """Of these, held by someone."""
    overdue: int
    """Of these, past the service level."""


def held(session: Session, moderator: str) -> list[Item]:
    """The items that a moderator holds, the oldest claim first."""
    mine = (ReviewItem.claimed_by == moderator, ReviewItem.state == ItemState.CLAIMED)
    ids = session.scalars(select(ReviewItem.id).where(*mine).order_by(ReviewItem.lease_until))
    return _all(session, list(ids))


def kept_for(session: Session, moderator: str) -> list[Item]:
    """Open items that were handed to a moderator, or that they have on hold."""
    kept = (
        ReviewItem.assigned_to == moderator,
        ReviewItem.assigned_until > db_now(),
        ReviewItem.state == ItemState.OPEN,
    )
    order = (ReviewItem.available_at.nulls_first(), ReviewItem.priority.desc())
    return _all(session, list(session.scalars(select(ReviewItem.id).where(*kept).order_by(*order))))


def loads(session: Session) -> list[Load]:
    """What waits, by queue, in the order of their names; questions whose answer is known are left out."""
    query = (
        select(
            ReviewItem.queue,
            func.count().label("waiting"),
            func.count().filter(_is_claimed()).label("claimed"),
            func.count().filter(ReviewItem.due_at < db_now()).label("overdue"),
        )
        .where(ReviewItem.state.in_(WAITING), ReviewItem.known_answer_id.is_(None))
        .group_by(ReviewItem.queue)
        .order_by(ReviewItem.queue)
    )
    return [Load(**row._mapping) for row in session.execute(query)]


def languages(session: Session) -> list[str]:
    """The languages that waiting items are in."""
    waits = (ReviewItem.state.in_(WAITING), ReviewItem.language.is_not(None))
    query = select(ReviewItem.language).where(*waits).distinct().order_by(ReviewItem.language)
    return [language for language in session.scalars(query) if language is not None]


def undoable(session: Session, moderator: str, undo_seconds: float) -> Undoable | None:
    """The latest decision that a moderator may take back; None where there is none."""
    age = cast(func.extract("epoch", db_now() - Decision.created_at), Double)
    query = (
        select(
            Decision.item_id,
            Decision.lease_number,
            Decision.label,
            (undo_seconds - age).label("seconds_left"),
        )
        .join(
            ReviewItem,
            and_(ReviewItem.id == Decision.item_id, ReviewItem.lease_number == Decision.lease_number),
        )
        .where(
            Decision.moderator == moderator,
            Decision.created_at > db_after(-undo_seconds),
            Decision.cited_id.is_(None),
            ReviewItem.state.in_((ItemState.DECIDED, ItemState.OPEN)),
            stands(),
        )
        .order_by(Decision.created_at.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Undoable(**row._mapping)


def progress(session: Session, moderator: str, session_id: UUID | None) -> Progress:
    """How much a moderator has decided; what they took back is not counted."""
    since = select(BrowserSession.created_at).where(BrowserSession.id == session_id).scalar_subquery()
    midnight = func.date_trunc("day", db_now(), "UTC")
    mine = (Decision.moderator == moderator, stands())
    today, in_session, now = session.execute(
        select(
            func.count().filter(Decision.created_at >= midnight),
            func.count().filter(Decision.created_at >= since),
            db_now(),
        ).where(*mine, Decision.created_at > db_after(-86_400))
    ).one()
    lately = session.scalars(
        select(Decision.created_at)
        .where(*mine, Decision.created_at > db_after(-_LOOK_BACK.total_seconds()))
        .order_by(Decision.created_at)
    )
    return Progress(
        today=today,
        in_session=None if session_id is None else in_session,
        lately=tuple(lately),
        now=now,
    )


def _is_claimed() -> ColumnElement[bool]:
    return and_(ReviewItem.state == ItemState.CLAIMED, ReviewItem.lease_until > db_now())


def _all(session: Session, ids: list[UUID]) -> list[Item]:
    found = [items.get(session, item_id) for item_id in ids]
    return [item for item in found if item is not None]
