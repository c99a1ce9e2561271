"""Changes since a cursor: what the platform was, or could be, told, in an order that never skips.

Positions in the outbox are given out before commits, so that a message of a slow transaction appears behind
ones that a reader has seen already. Readers therefore go by another number, which a message gets after its
commit and once the outside may know of it: whoever reads gives the missing numbers, one reader at a time,
and holds the counter's lock until the numbers are committed. A number that can be seen has no unseen one
before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from db.base import db_now
from db.models import ChangeCounter, Message, MessageKind, MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One message, as the webhook has it too."""

    number: int
    """Grows from one change to the next; gaps mean nothing."""
    id: UUID
    """The delivery id of the webhook."""
    kind: MessageKind
    payload: dict[str, Any]
    created_at: datetime


def number_new(session: Session, *, limit: int) -> int:
    """Give at most ``limit`` messages their numbers, in the order of their positions. Returns how many.

    Messages of one subject keep their order: none gets a number before an earlier one of its subject that
    must still be kept back.
    """
    counter = insert(ChangeCounter).values(id=1, last=0)
    session.execute(counter.on_conflict_do_nothing())
    last = session.scalars(select(ChangeCounter.last).with_for_update()).one()
    place = func.row_number().over(order_by=Message.position).label("place")
    due = select(Message.id, place).where(_may_be_told()).order_by(Message.position).limit(limit).cte("due")
    numbers = session.scalars(
        update(Message)
        .where(Message.id == due.c.id)
        .values(number=last + due.c.place)
        .returning(Message.number)
        .execution_options(synchronize_session=False)
    ).all()
    if numbers:
        session.execute(update(ChangeCounter).values(last=max(n for n in numbers if n is not None)))
    return len(numbers)


def since(session: Session, after: int, *, limit: int) -> list[Change]:
    """At most ``limit`` changes behind the number ``after``, in order."""
    rows = session.execute(
        select(Message.number, Message.id, Message.kind, Message.payload, Message.created_at)
        .where(Message.number > after)
        .order_by(Message.number)
        .limit(limit)
    )
    return [Change(**row._mapping) for row in rows]


def last_number(session: Session) -> int:
    """The number of the last change; 0 where there is none."""
    return session.scalars(select(ChangeCounter.last)).one_or_none() or 0


def last_forgotten(session: Session) -> int:
    """The highest number whose change was deleted; 0 where none was. To be asked after the changes."""
    return session.scalars(select(ChangeCounter.forgotten)).one_or_none() or 0


def _may_be_told() -> ColumnElement[bool]:
    earlier = aliased(Message)
    held_up = exists().where(
        earlier.subject == Message.subject,
        earlier.number.is_(None),
        earlier.position < Message.position,
        told_from(earlier) > db_now(),
    )
    return and_(Message.number.is_(None), told_from(Message) <= db_now(), ~held_up)


def told_from(message: type[Message]) -> ColumnElement[datetime]:
    """When a message may be known; one of the release before tells it by when it may first be sent."""
    untried = and_(message.state == MessageState.PENDING, message.attempts == 0)
    unstated = case((untried, message.not_before), else_=message.created_at)
    return func.coalesce(message.told_from, unstated)
