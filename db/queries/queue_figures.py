"""How much each review queue holds, how old it is, and how often its service level was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

from sqlalchemy import ColumnElement, Double, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import ItemState, ReviewItem
from db.queries.eligibility import WAITING, asked_at, is_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What waits in one queue. Questions whose answer is known are left out."""

    queue: str
    ready: int
    """Someone could claim them now."""
    held: int
    """A lease runs."""
    kept_back: int
    """On hold, or waiting out an undo."""
    overdue: int
    """Of all of these, those past the service level."""
    oldest_seconds: float | None
    """Age of the oldest that is ready."""
    ages: tuple[int, ...]
    """Ready items in each bin of ages, youngest first: one more than there are bounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How often a queue's items were decided in time."""

    queue: str
    decided: int
    in_time: int


def depths(session: Session, bounds: Sequence[float] = ()) -> list[Depth]:
    """Every queue that holds something, by name, in one look at what waits.

    Args:
        session: in a transaction.
        bounds: seconds, rising: the ages at which one bin of the ready items ends and the next begins.
    """
    ready = is_ready()
    held = and_(ReviewItem.state == ItemState.CLAIMED, ReviewItem.lease_until > db_now())
    count, age = func.count(), db_now() - func.min(asked_at()).filter(ready)
    bins = [count.filter(ready, *older).label(f"bin_{number}") for number, older in enumerate(_bins(bounds))]
    rows = session.execute(
        select(
            ReviewItem.queue,
            count.filter(ready).label("ready"),
            count.filter(held).label("held"),
            count.filter(~or_(ready, held)).label("kept_back"),
            count.filter(ReviewItem.due_at < db_now()).label("overdue"),
            cast(func.extract("epoch", age), Double).label("oldest_seconds"),
            *bins,
        )
        .where(ReviewItem.state.in_(WAITING), ReviewItem.known_answer_id.is_(None))
        .group_by(ReviewItem.queue)
        .order_by(ReviewItem.queue)
    )
    own = [field.name for field in fields(Depth) if field.name != "ages"]
    return [
        Depth(
            **{name: row._mapping[name] for name in own},
            ages=tuple(row._mapping[each.name] for each in bins),
        )
        for row in rows
    ]


def _bins(bounds: Sequence[float]) -> list[list[ColumnElement[bool]]]:
    """What holds of an item in each bin of ages, youngest first."""
    edges = [None, *bounds, None]
    return [
        [
            *([] if low is None else [asked_at() <= db_after(-low)]),
            *([] if high is None else [asked_at() > db_after(-high)]),
        ]
        for low, high in pairwise(edges)
    ]


def kept(session: Session, *, within_seconds: float) -> list[Kept]:
    """Items that were decided lately and had a due time, by queue."""
    rows = session.execute(
        select(
            ReviewItem.queue,
            func.count().label("decided"),
            func.count().filter(ReviewItem.closed_at <= ReviewItem.due_at).label("in_time"),
        )
        .where(
            ReviewItem.state == ItemState.DECIDED,
            ReviewItem.closed_at >= db_after(-within_seconds),
            ReviewItem.due_at.is_not(None),
            ReviewItem.known_answer_id.is_(None),
        )
        .group_by(ReviewItem.queue)
        .order_by(ReviewItem.queue)
    )
    return [Kept(**row._mapping) for row in rows]
