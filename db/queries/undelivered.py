"""Messages that a receiver has not got: how many wait, and which were given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Message, MessageKind, MessageState, WebhookDelivery


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was given up."""

    delivery: UUID
    kind: MessageKind
    subject: str
    """Bucket, a slash, key."""
    attempts: int
    error: str | None
    """What came of the last try."""
    written_at: datetime


def of_settings(session: Session) -> dict[MessageState, int]:
    """How many messages the endpoint of the settings has not got, by state."""
    query = (
        select(Message.state, func.count())
        .where(Message.state.in_((MessageState.PENDING, MessageState.DEAD)))
        .group_by(Message.state)
    )
    return dict(session.execute(query).all())


def dead(session: Session, endpoint_id: UUID | None, *, limit: int) -> list[DeadLetter]:
    """What an endpoint was given up on, the newest messages first; None is the one of the settings."""
    query = (
        select(
            Message.id.label("delivery"),
            Message.kind,
            Message.subject,
            Message.created_at.label("written_at"),
        )
        .order_by(Message.position.desc())
        .limit(limit)
    )
    if endpoint_id is None:
        query = query.add_columns(Message.attempts, Message.last_error.label("error"))
        query = query.where(Message.state == MessageState.DEAD)
    else:
        query = query.add_columns(WebhookDelivery.attempts, WebhookDelivery.last_error.label("error"))
        query = query.join(WebhookDelivery, WebhookDelivery.message_id == Message.id)
        query = query.where(
            WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == MessageState.DEAD
        )
    return [DeadLetter(**row._mapping) for row in session.execute(query)]
