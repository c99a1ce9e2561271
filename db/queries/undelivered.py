"""Messages that a receiver has not got: how many wait, and which were given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """How many messages a receiver has not got."""

    pending: int
    dead: int


def counts(session: Session, endpoint_id: UUID | None) -> Undelivered:
    """Of an endpoint; None is the one of the settings. Each state is looked for by its own index."""
    return Undelivered(
        pending=session.scalars(_counted(endpoint_id, MessageState.PENDING)).one(),
        dead=session.scalars(_counted(endpoint_id, MessageState.DEAD)).one(),
    )


def dead(session: Session, endpoint_id: UUID | None, *, limit: int) -> list[DeadLetter]:
    """What an endpoint was given up on, the newest messages first; None is the one of the settings."""
    query = select(
        Message.id.label("delivery"), Message.kind, Message.subject, Message.created_at.label("written_at")
    ).limit(limit)
    if endpoint_id is None:
        query = query.add_columns(Message.attempts, Message.last_error.label("error"))
        query = query.where(Message.state == MessageState.DEAD).order_by(Message.position.desc())
    else:
        query = query.add_columns(WebhookDelivery.attempts, WebhookDelivery.last_error.label("error"))
        query = query.join(WebhookDelivery, WebhookDelivery.message_id == Message.id)
        query = query.where(
            WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == MessageState.DEAD
        ).order_by(WebhookDelivery.position.desc())
    return [DeadLetter(**row._mapping) for row in session.execute(query)]


def _counted(endpoint_id: UUID | None, state: MessageState) -> Select[int]:
    if endpoint_id is None:
        return select(func.count(Message.position)).where(Message.state == state)
    return select(func.count(WebhookDelivery.position)).where(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == state
    )
