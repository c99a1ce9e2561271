"""What the platform must be told, written with what it tells of and sent after the commit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class MessageKind(StrEnum):
    """What a message tells of."""

    VERDICT = "verdict"
    REFUSAL = "refusal"
    DECISION = "decision"


class MessageState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class Message(Base):
    """One message; its id is the delivery id. Those of one subject leave in the order of ``position``.

    ``state`` and what goes with it tell of the endpoint in the settings; where none is set, and endpoints
    of ``webhook_endpoints`` are told instead, a message counts as delivered once each of them is owed it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        one_of("kind", MessageKind),
        one_of("state", MessageState),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_at"),
        Index("ix_outbox_due", "not_before", "position", postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_delivered", "delivered_at", postgresql_where=text("state = 'delivered'")),
        Index("ix_outbox_dead", "position", postgresql_where=text("state = 'dead'")),
        Index("uq_outbox_number", "number", unique=True, postgresql_where=text("number IS NOT NULL")),
        Index("ix_outbox_unnumbered", "position", postgresql_where=text("number IS NULL")),
        Index("ix_outbox_unspread", "position", postgresql_where=text("spread_at IS NULL")),
        Index("ix_outbox_subject", "subject", "position"),
        Index("ix_outbox_heads", "subject", "position", postgresql_where=text("state = 'pending'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    subject: Mapped[str]
    """What is ordered: bucket, a slash, key."""
    kind: Mapped[MessageKind] = mapped_column(TextEnum(MessageKind))
    payload: Mapped[dict[str, Any]]
    state: Mapped[MessageState] = mapped_column(TextEnum(MessageState), server_default=text("'pending'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    tried_before: Mapped[int] = mapped_column(server_default=text("0"))
    """Attempts before the latest replay, which don't count towards giving up."""
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    told_from: Mapped[datetime | None]
    """When anyone may know of it, whatever becomes of its delivery."""
    number: Mapped[int | None] = mapped_column(BigInteger)
    """Its place among the changes that can be asked for, given after the commit: ``db.queries.changes``."""
    trace: Mapped[str | None]
    """W3C ``traceparent`` of what wrote it, where uploads are traced."""
    spread_at: Mapped[datetime | None]
    """When the endpoints that want it got a delivery each."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
