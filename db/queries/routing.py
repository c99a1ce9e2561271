"""Items that wait for a place in a queue: the facts that a policy looks at, and the place that it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from db.models import Appeal, AuditSample, Event, Image, ItemKind, ItemState, ReviewItem, Stage, Verdict
from db.queries._arrays import as_arrays, given_rows
from db.queries.eligibility import asked_at

_ITEMS = ReviewItem.metadata.tables["review_items"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a policy may look at."""

    id: UUID
    kind: ItemKind
    stage: Stage
    reason: str | None
    asked_at: datetime
    """When its present round began."""
    language: str | None
    reach: int
    reports: int
    appealed: bool
    appeal_due_at: datetime | None
    """When the first of its appeals should be decided; None where none has a deadline."""
    appeal_late: bool
    """One of them was not decided by then."""
    domain: str | None
    probability: float | None
    """Of the verdict; None for a refusal."""
    audited: bool = False
    """The verdict was drawn by lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item's place."""

    id: UUID
    queue: str
    due_at: datetime
    priority: float
    routed_by: int
    """Number of the policy."""


def unplaced(session: Session, policy: int, *, limit: int) -> list[Facts]:
    """Waiting items that no policy, or only an earlier one, has placed; locked until the transaction ends.

    Items that another transaction is placing or claiming are passed over.
    """
    earlier = or_(ReviewItem.routed_by.is_(None), ReviewItem.routed_by < policy)
    waits = ReviewItem.state.in_((ItemState.OPEN, ItemState.CLAIMED))
    query = _facts().where(waits, earlier).limit(limit).with_for_update(of=ReviewItem, skip_locked=True)
    return [Facts(**row._mapping) for row in session.execute(query)]


def never_placed(session: Session, *, limit: int) -> list[Facts]:
    """Open items that no policy has placed; locked, and passed over, as by ``unplaced``."""
    return [Facts(**row._mapping) for row in session.execute(_never_placed(), {"most": limit})]


def facts_of(session: Session, item_id: UUID) -> Facts | None:
    """The facts of one item, which is locked; None where there is none of that id."""
    query = _facts().where(ReviewItem.id == item_id).with_for_update(of=ReviewItem)
    row = session.execute(query).one_or_none()
    return None if row is None else Facts(**row._mapping)


def put(session: Session, placed: Sequence[Placed]) -> None:
    """Write the places of items that the caller has locked."""
    if placed:
        session.execute(_putting(), as_arrays(placed, Placed.__dataclass_fields__))


@cache
def _never_placed() -> Select[Any]:
    """Built once, for it is run with every claim."""
    new = and_(ReviewItem.routed_by.is_(None), ReviewItem.state == ItemState.OPEN)
    # Said once more for the planner: the partial index covers just these.
    waits = ReviewItem.state.in_((ItemState.OPEN, ItemState.CLAIMED))
    most = bindparam("most", type_=Integer())
    return _facts().where(waits, new).limit(most).with_for_update(of=ReviewItem, skip_locked=True)


def _facts() -> Select[Any]:
    """Looks up picture, event and verdict of each item by their ids, whatever the planner knows of them."""
    own = ("id", "kind", "stage", "reason", "language", "reach", "reports")
    of_picture = select(Image.domain).where(Image.id == ReviewItem.image_id).scalar_subquery()
    of_event = select(Event.domain).where(Event.id == ReviewItem.event_id).scalar_subquery()
    probability = select(Verdict.probability).where(Verdict.id == ReviewItem.verdict_id).scalar_subquery()
    return select(
        *(getattr(ReviewItem, name) for name in own),
        (func.cardinality(ReviewItem.appealed_by) > 0).label("appealed"),
        asked_at().label("asked_at"),
        _of_appeals(func.min(Appeal.due_at)).label("appeal_due_at"),
        func.coalesce(_of_appeals(func.bool_or(Appeal.late)), false()).label("appeal_late"),
        func.coalesce(of_picture, of_event).label("domain"),
        probability.label("probability"),
        exists().where(AuditSample.item_id == ReviewItem.id).label("audited"),
    )


def _of_appeals(fact: ColumnElement[Any]) -> ColumnElement[Any]:
    """A fact of the appeals that the item's present round decides."""
    return (
        select(fact)
        .where(Appeal.item_id == ReviewItem.id, Appeal.round == ReviewItem.round)
        .scalar_subquery()
    )


@cache
def _putting() -> Update:
    given = given_rows({name: _ITEMS.c[name].type for name in Placed.__dataclass_fields__})
    return (
        update(_ITEMS)
        .where(_ITEMS.c.id == given.c.id)
        .values({name: given.c[name] for name in Placed.__dataclass_fields__ if name != "id"})
    )
