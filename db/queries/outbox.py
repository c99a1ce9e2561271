"""The outbox: written with what it tells of, delivered after the commit, in order for each subject."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Double,
    Insert,
    Select,
    Text,
    Update,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from db.base import db_after, db_now
from db.models import Message, MessageKind, MessageState, WebhookDelivery

_MESSAGES = Message.metadata.tables["outbox"]
_UNSYNCHRONISED = {"synchronize_session": False}
AGAIN: dict[str, Any] = {
    "state": MessageState.PENDING,
    "not_before": db_now(),
    "delivered_at": None,
    "last_error": None,
}
"""What a delivery that is replayed looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message that is to be delivered now."""

    id: UUID
    """The delivery id: the same at every attempt."""
    subject: str
    kind: MessageKind
    payload: dict[str, Any]
    attempt: int
    """Number of this attempt, from 1; what ``delivered``, ``failed`` and ``dead`` are fenced by."""
    tries: int
    """Attempts since the latest replay, this one among them."""
    created_at: datetime
    trace: str | None = None
    """Where the trace of what it tells of goes on, if it has one."""


def subject_of(bucket: str, key: str) -> str:
    """The subject whose messages are kept in order: one object."""
    return f"{bucket}/{key}"


def add(
    session: Session,
    message_id: UUID,
    subject: str,
    kind: MessageKind,
    payload: dict[str, Any],
    *,
    wait_seconds: float = 0.0,
    trace: str | None = None,
) -> None:
    """Append a message, to be sent in ``wait_seconds``; later ones of the same subject wait behind it.

    Transactions that write of one subject take turns from here to their commit: positions are given
    out before commits, and a message that became visible late would be overtaken by its successor.
    Who adds several messages in one transaction adds them in the order of their subjects.
    """
    session.execute(_turn(), {"subject": subject})
    given = {"id": message_id, "subject": subject, "kind": kind, "payload": payload, "trace": trace}
    session.execute(_adding(), given | {"wait": wait_seconds})


@cache
def _turn() -> Select[Any]:
    """Waits for the transactions that write of the same subject; built once, as the insert is."""
    return select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("subject", type_=Text()), 0)))


@cache
def _adding() -> Insert:
    wait: BindParameter[float] = bindparam("wait", type_=Double())
    return insert(_MESSAGES).values(not_before=db_after(wait), told_from=db_after(wait))


def take_due(session: Session, *, limit: int, lease_seconds: float) -> list[Delivery]:
    """Take the messages that are due and stand first of their subject, at most one a subject.

    Each attempt is counted as it is taken, and the message is out of sight for ``lease_seconds``: a
    relay that dies in the middle costs that time and never the message. Commit before sending.
    """
    due = _due(limit).cte("due")  # a CTE that locks runs once, whatever the planner makes of the join
    taken = session.execute(
        update(Message)
        .where(Message.id.in_(select(due.c.id)))
        .values(attempts=Message.attempts + 1, not_before=db_after(lease_seconds))
        .returning(Message)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalars()
    return [_delivery(message) for message in sorted(taken, key=lambda message: message.position)]


def delivered(session: Session, message_id: UUID, attempt: int, endpoint_id: UUID | None = None) -> bool:
    """Note that the receiver has it. False where a later attempt has begun, whose outcome counts.

    Args:
        session: in a transaction.
        message_id: the delivery id.
        attempt: which attempt this is the outcome of.
        endpoint_id: whose delivery it is; None for the endpoint of the settings.
    """
    values = {"state": MessageState.DELIVERED, "delivered_at": db_now(), "last_error": None}
    return _close(session, _attempt(message_id, attempt, endpoint_id), values)


def failed(
    session: Session,
    message_id: UUID,
    attempt: int,
    endpoint_id: UUID | None = None,
    *,
    delay_seconds: float,
    error: str,
) -> bool:
    """Try again after ``delay_seconds``; its successors wait. As in ``delivered``."""
    values = {"not_before": db_after(delay_seconds), "last_error": error}
    return _close(session, _attempt(message_id, attempt, endpoint_id), values)


def dead(
    session: Session, message_id: UUID, attempt: int, endpoint_id: UUID | None = None, *, error: str
) -> bool:
    """Give up; its successors may leave. As in ``delivered``."""
    values = {"state": MessageState.DEAD, "last_error": error}
    return _close(session, _attempt(message_id, attempt, endpoint_id), values)


def replay(session: Session, which: ColumnElement[bool]) -> int:
    """Send messages again to the endpoint of the settings, as ``which`` of ``Message`` says. How many."""
    closed = Message.state.in_((MessageState.DELIVERED, MessageState.DEAD))
    again = update(Message).where(which, closed).values(**AGAIN, tried_before=Message.attempts)
    done = session.scalars(again.returning(Message.id), execution_options=_UNSYNCHRONISED)
    return len(done.all())


def _due(limit: int) -> Select[UUID]:
    """Ids of due heads, locked; rows that another relay has locked are passed over."""
    earlier = aliased(Message)
    overtakes = exists().where(
        earlier.subject == Message.subject,
        earlier.state == MessageState.PENDING,
        earlier.position < Message.position,
    )
    return (
        select(Message.id)
        .where(Message.state == MessageState.PENDING, Message.not_before <= db_now(), ~overtakes)
        .order_by(Message.not_before, Message.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _attempt(message_id: UUID, attempt: int, endpoint_id: UUID | None) -> Update:
    """The row of a delivery, while the attempt is the latest and nothing has come of it."""
    if endpoint_id is None:
        return update(Message).where(
            Message.id == message_id, Message.attempts == attempt, Message.state == MessageState.PENDING
        )
    return update(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.message_id == message_id,
        WebhookDelivery.attempts == attempt,
        WebhookDelivery.state == MessageState.PENDING,
    )


def _close(session: Session, row: Update, values: dict[str, Any]) -> bool:
    closed = session.execute(row.values(values).returning(literal(1)), execution_options=_UNSYNCHRONISED)
    return closed.scalar_one_or_none() is not None


def _delivery(message: Message) -> Delivery:
    return Delivery(
        id=message.id,
        subject=message.subject,
        kind=message.kind,
        payload=message.payload,
        attempt=message.attempts,
        tries=message.attempts - message.tried_before,
        created_at=message.created_at,
        trace=message.trace,
    )
