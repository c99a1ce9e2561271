"""What each webhook endpoint is owed: queued after the commit, taken in order, sent again on demand."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from db.base import db_after, db_now
from db.models import Message, MessageState, WebhookDelivery, WebhookEndpoint
from db.queries.changes import told_from
from db.queries.erasures import ERASED
from db.queries.outbox import AGAIN, Delivery

_SPREADING = 0x61727467_73707264
"""Number of the advisory lock under which one relay at a time queues: two would overtake each other."""
_OWED = ["endpoint_id", "message_id", "position", "lane"]
_UNSYNCHRONISED = {"synchronize_session": False}


def spread(session: Session, *, limit: int, close: bool) -> int:
    """Queue new messages for the endpoints that want them. How many messages it were.

    A message that is still kept back, because it may be taken back, is passed over with all later ones of
    its subject.

    Args:
        session: in a transaction.
        limit: most messages.
        close: the messages have no other way to go, so that they leave the outbox with it.
    """
    if not session.scalars(select(func.pg_try_advisory_xact_lock(_SPREADING))).one():
        return 0
    ids = session.scalars(_unspread(limit)).all()
    if not ids:
        return 0
    owed = select(WebhookEndpoint.id, Message.id, Message.position, _lane()).where(
        Message.id.in_(ids), WebhookEndpoint.disabled_at.is_(None), wants(WebhookEndpoint)
    )
    session.execute(insert(WebhookDelivery).from_select(_OWED, owed).on_conflict_do_nothing())
    marked = update(Message).where(Message.id.in_(ids))
    session.execute(marked.values(spread_at=db_now()), execution_options=_UNSYNCHRONISED)
    if close:
        left = marked.where(Message.state == MessageState.PENDING)
        closed = {"state": MessageState.DELIVERED, "delivered_at": db_now()}
        session.execute(left.values(**closed), execution_options=_UNSYNCHRONISED)
    return len(ids)


def take_due(session: Session, endpoint_id: UUID, *, limit: int, lease_seconds: float) -> list[Delivery]:
    """Take what an endpoint is owed and what is due, as ``db.queries.outbox.take_due`` does."""
    due = _due(endpoint_id, limit).cte("due")  # a CTE that locks runs once, whatever the planner makes of it
    taken = session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint_id,
            WebhookDelivery.message_id.in_(select(due.c.message_id)),
        )
        .values(attempts=WebhookDelivery.attempts + 1, not_before=db_after(lease_seconds))
        .returning(WebhookDelivery.message_id, WebhookDelivery.attempts, WebhookDelivery.tried_before),
        execution_options=_UNSYNCHRONISED,
    ).all()
    counted = {message_id: (attempts, before) for message_id, attempts, before in taken}
    messages = session.scalars(
        select(Message).where(Message.id.in_(counted)).order_by(Message.position),
        execution_options={"populate_existing": True},
    )
    return [
        Delivery(
            id=message.id,
            subject=message.subject,
            kind=message.kind,
            payload=message.payload,
            attempt=counted[message.id][0],
            tries=counted[message.id][0] - counted[message.id][1],
            created_at=message.created_at,
            trace=message.trace,
        )
        for message in messages
    ]


def replay(session: Session, endpoint_id: UUID, which: ColumnElement[bool]) -> int:
    """Send messages again that were given up, delivered or never queued, as ``which`` of ``Message`` says.

    Only messages that the endpoint wants, that may be known by now and that were not erased. How many.
    """
    wanted = select(WebhookEndpoint.id, Message.id, Message.position, _lane()).where(
        WebhookEndpoint.id == endpoint_id, wants(WebhookEndpoint), told_from(Message) <= db_now(), which
    )
    again = (
        insert(WebhookDelivery)
        .from_select(_OWED, wanted)
        .on_conflict_do_update(
            index_elements=[WebhookDelivery.endpoint_id, WebhookDelivery.message_id],
            set_=AGAIN | {"tried_before": WebhookDelivery.attempts},
            where=WebhookDelivery.state != MessageState.PENDING,
        )
    )
    return len(session.scalars(again.returning(WebhookDelivery.message_id)).all())


def dead_of(endpoint_id: UUID) -> ColumnElement[bool]:
    """For ``replay``: what was given up."""
    given_up = (WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == MessageState.DEAD)
    return Message.id.in_(select(WebhookDelivery.message_id).where(*given_up))


def wants(endpoint: type[WebhookEndpoint]) -> ColumnElement[bool]:
    """The endpoint's filter lets the ``Message`` of the query pass, and there is something left to tell."""
    kind = type_coerce(Message.kind, Text)
    label = func.lower(func.coalesce(Message.payload["label"].astext, Message.payload["verdict"].astext))
    either = [endpoint.events.any_() == kind, endpoint.events.any_() == func.concat(kind, ".", label)]
    return and_(Message.subject != ERASED, or_(func.cardinality(endpoint.events) == 0, *either))


def _lane() -> ColumnElement[int]:
    return func.hashtextextended(Message.subject, 0)


def _unspread(limit: int) -> Select[UUID]:
    earlier = aliased(Message)
    kept_back = exists().where(
        earlier.subject == Message.subject,
        earlier.spread_at.is_(None),
        earlier.position < Message.position,
        told_from(earlier) > db_now(),
    )
    return (
        select(Message.id)
        .where(Message.spread_at.is_(None), told_from(Message) <= db_now(), ~kept_back)
        .order_by(Message.position)
        .limit(limit)
        .with_for_update()
    )


def _due(endpoint_id: UUID, limit: int) -> Select[UUID]:
    earlier = aliased(WebhookDelivery)
    overtakes = exists().where(
        earlier.endpoint_id == endpoint_id,
        earlier.lane == WebhookDelivery.lane,
        earlier.state == MessageState.PENDING,
        earlier.position < WebhookDelivery.position,
    )
    return (
        select(WebhookDelivery.message_id)
        .where(
            and_(
                WebhookDelivery.endpoint_id == endpoint_id,
                WebhookDelivery.state == MessageState.PENDING,
                WebhookDelivery.not_before <= db_now(),
            ),
            ~overtakes,
        )
        .order_by(WebhookDelivery.not_before, WebhookDelivery.position)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
