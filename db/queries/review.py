"""The review queue: one item goes to one person at a time, and only who holds it decides it.

A lease that has run out and that nobody has taken over still holds: the work is done, and refusing it
would only have it done again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Double,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    or_,
    select,
    true,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from db.base import db_after, db_now
from db.models import ItemKind, ItemState, ReviewItem
from db.queries import items
from db.queries.eligibility import WAITING, assigned_to, free_for, skipped_by, within_reach
from db.queries.items import Item, queue_order

_ITEMS = ReviewItem.metadata.tables["review_items"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A question to a person: about a verdict (UNCERTAIN) or about an event (REFUSAL)."""

    id: UUID
    kind: ItemKind
    priority: float
    """Higher comes first."""
    image_id: UUID | None = None
    event_id: UUID | None = None
    verdict_id: UUID | None = None
    reason: str | None = None


def open_item(session: Session, item: NewItem) -> UUID:
    """Open an item, once for each verdict and once for each refused event. Returns the id it has."""
    made = session.execute(_opening(), asdict(item)).scalar_one_or_none()
    if made is not None:
        return made
    same = (
        and_(ReviewItem.verdict_id == item.verdict_id, ReviewItem.known_answer_id.is_(None))
        if item.kind is ItemKind.UNCERTAIN
        else and_(ReviewItem.event_id == item.event_id, ReviewItem.kind == ItemKind.REFUSAL)
    )
    return session.execute(select(ReviewItem.id).where(same)).scalar_one()


@cache
def _opening() -> ReturningInsert[UUID]:
    """Built once: it is run for every scan that a person is asked about."""
    return postgresql.insert(_ITEMS).on_conflict_do_nothing().returning(_ITEMS.c.id)


def claim_next(
    session: Session,
    moderator: str,
    *,
    lease_seconds: float,
    kind: ItemKind | None = None,
    queues: Collection[str] | None = None,
) -> Item | None:
    """Give the moderator the first item that nobody holds and that is no matter of their own.

    What was assigned to them comes first, what they have skipped comes last. A moderator may hold several.
    Items that others are just claiming are passed over, so nobody waits and no two get the same.

    Args:
        session: in a transaction.
        moderator: who asks.
        lease_seconds: how long the claim holds.
        kind: only items of this kind.
        queues: only items of these queues, unless they were assigned to the moderator; None for all.

    Returns:
        The item with its new lease number; None where the queue has none for them.
    """
    given = _given(moderator, lease_seconds, queues) | {"wanted": None if kind is None else kind.value}
    for skipped in (False, True):
        query = _take_next(skipped=skipped, anywhere=queues is None)
        item_id = session.execute(query, given).scalar_one_or_none()
        if item_id is not None:
            return items.get(session, item_id)
    return None


def peek_next(session: Session, moderator: str, *, queues: Collection[str] | None = None) -> UUID | None:
    """The item that ``claim_next`` would give now; it stays free, so someone else may have it first."""
    given = _given(moderator, 0, queues) | {"wanted": None}
    found = (
        session.execute(_next(skipped=skipped, anywhere=queues is None), given).scalar_one_or_none()
        for skipped in (False, True)
    )
    return next((item_id for item_id in found if item_id is not None), None)


def claim(
    session: Session,
    item_id: UUID,
    moderator: str,
    *,
    lease_seconds: float,
    queues: Collection[str] | None = None,
) -> Item | None:
    """Give the moderator this item; None where ``claim_next`` would never give it to them now."""
    given = _given(moderator, lease_seconds, queues) | {"item": item_id}
    found = session.execute(_take_named(anywhere=queues is None), given).scalar_one_or_none()
    return None if found is None else items.get(session, found)


def renew(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, lease_seconds: float
) -> datetime | None:
    """Let the lease end ``lease_seconds`` from now. Returns its end; None where the claim does not hold."""
    return session.execute(
        update(ReviewItem)
        .where(held_by(item_id, moderator, lease_number))
        .values(lease_until=db_after(lease_seconds))
        .returning(ReviewItem.lease_until)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()


def release(session: Session, item_id: UUID, moderator: str, lease_number: int) -> bool:
    """Put the item back for anyone. False where the claim does not hold."""
    return _update(
        session,
        held_by(item_id, moderator, lease_number),
        state=ItemState.OPEN,
        claimed_by=None,
        lease_until=None,
    )


def withdraw(session: Session, item_id: UUID) -> bool:
    """Close an item that needs no decision any more. False where it is closed or unknown."""
    waits = and_(ReviewItem.id == item_id, ReviewItem.state.in_(WAITING))
    return _update(session, waits, state=ItemState.WITHDRAWN, lease_until=None, closed_at=db_now())


def held_by(item_id: UUID, moderator: str, lease_number: int) -> ColumnElement[bool]:
    """The moderator's claim of that number holds the item."""
    return and_(
        ReviewItem.id == item_id,
        ReviewItem.state == ItemState.CLAIMED,
        ReviewItem.claimed_by == moderator,
        ReviewItem.lease_number == lease_number,
    )


_ITEMS = ReviewItem.metadata.tables["review_items"]
_WHO = bindparam("who", type_=Text)
_QUEUES = bindparam("queues", type_=ARRAY(Text))

# The statements of claiming are built once: building one takes longer than PostgreSQL takes to run it. They
# are of the table and not of the class, because the ORM takes an update apart anew whenever it is run.


@cache
def _take_next(*, skipped: bool, anywhere: bool) -> ReturningUpdate[UUID]:
    """Claims what ``_next`` finds."""
    return _claiming(_next(skipped=skipped, anywhere=anywhere, locks=True))


@cache
def _next(*, skipped: bool, anywhere: bool, locks: bool = False) -> Select[UUID] | CompoundSelect[UUID]:
    """The first free item, of what was assigned before the rest; ``anywhere``, of any queue.

    The rest is not looked at where something was assigned. What they have skipped is a turn of its own:
    it is asked for where there is nothing else.
    """
    theirs = within_reach(_WHO, None if anywhere else _QUEUES)
    if skipped:
        return _first_in_order(theirs, locks=locks)
    kept = _free(assigned_to(_WHO)).order_by(*queue_order()).limit(1)
    assigned = (kept.with_for_update(skip_locked=True) if locks else kept).cte("assigned")
    none = ~select(assigned.c.id).exists()
    fresh = _first_in_order(none, theirs, ~skipped_by(_WHO), locks=locks).cte("fresh")
    return union_all(select(assigned.c.id), select(fresh.c.id))


def _first_in_order(*which: ColumnElement[bool], locks: bool) -> Select[UUID]:
    """The first free item of the whole queue: what waits is gone through in its order until one fits.

    The order is a query of its own, because the planner can't tell how few items its filters leave out: in
    one query with them it gathers and sorts everything that waits. The outer query has no order, so that
    it can't be sorted after locking: a row is locked when it is found, and the first one is enough. The inner
    limit, of an id that is unique anyway, keeps the planner from joining both in an order of its own.
    """
    waiting = aliased(ReviewItem)
    order = select(waiting.id).where(waiting.state.in_(WAITING)).order_by(*queue_order(waiting))
    in_order = order.subquery("in_order")
    fitting = _free(ReviewItem.id == in_order.c.id, *which).limit(1)
    first = (fitting.with_for_update(skip_locked=True) if locks else fitting).lateral("first")
    return select(first.c.id).select_from(in_order.join(first, true())).limit(1)


def _free(*which: ColumnElement[bool]) -> Select[UUID]:
    wanted = bindparam("wanted", type_=Text)
    of_kind = or_(wanted.is_(None), type_coerce(ReviewItem.kind, Text) == wanted)
    return select(ReviewItem.id).where(free_for(_WHO), *which, of_kind)


@cache
def _take_named(*, anywhere: bool) -> ReturningUpdate[UUID]:
    """Claims one item, where it is free for the one who asks."""
    theirs = or_(assigned_to(_WHO), within_reach(_WHO, None if anywhere else _QUEUES))
    named = ReviewItem.id == bindparam("item", type_=Uuid())
    return _claiming(select(ReviewItem.id).where(named, free_for(_WHO), theirs).with_for_update())


def _claiming(free: Select[UUID] | CompoundSelect[UUID]) -> ReturningUpdate[UUID]:
    """The claim of the item that a query finds and locks."""
    found = free.cte("found")  # a CTE that locks runs once, whatever the planner makes of the join
    seconds: BindParameter[float] = bindparam("seconds", type_=Double())
    return (
        update(_ITEMS)
        .where(_ITEMS.c.id == found.c.id)
        .values(
            state=ItemState.CLAIMED,
            claimed_by=_WHO,
            lease_number=_ITEMS.c.lease_number + 1,
            lease_until=db_after(seconds),
            available_at=None,
            assigned_to=None,
            assigned_until=None,
        )
        .returning(_ITEMS.c.id)
    )


def _given(moderator: str, lease_seconds: float, queues: Collection[str] | None) -> dict[str, Any]:
    return {
        "who": moderator,
        "seconds": lease_seconds,
        "queues": None if queues is None else list(queues),
    }


def _update(session: Session, which: ColumnElement[bool], **values: Any) -> bool:
    changed = session.execute(
        update(ReviewItem)
        .where(which)
        .values(**values)
        .returning(ReviewItem.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None
