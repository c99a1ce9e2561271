"""Endpoints that the platform's messages go to, what each of them is owed, and what came of every try.

The endpoint of the settings has no row here: its deliveries stand in the outbox itself.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of
from db.models.outbox import MessageState


class WebhookEndpoint(Base):
    """One receiver."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'", name="name_form"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """What it is told: kinds of messages (``verdict``), or a kind and a label (``verdict.synthetic``); of
    everything where empty."""
    networks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Networks that are not public and that it may lie in."""
    disabled_at: Mapped[datetime | None]
    """Since when nothing is queued for it and what was queued rests."""
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """How often in a row it could not be reached."""
    rest_until: Mapped[datetime | None]
    """When one that could not be reached is tried again."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class WebhookKey(Base):
    """A secret that signs what an endpoint receives. The newest two that are not retired are live."""

    __tablename__ = "webhook_keys"
    __table_args__ = (Index("ix_webhook_keys_endpoint_id", "endpoint_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    secret: Mapped[str | None]
    """Null once it is retired."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    retired_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """A message that an endpoint is owed, or has got; those of one lane leave in their order."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        one_of("state", MessageState),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivered_at"),
        Index(
            "ix_webhook_deliveries_due",
            "endpoint_id",
            "not_before",
            "position",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_webhook_deliveries_heads",
            "endpoint_id",
            "lane",
            "position",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_webhook_deliveries_dead", "endpoint_id", "position", postgresql_where=text("state = 'dead'")
        ),
        Index(
            "ix_webhook_deliveries_delivered", "delivered_at", postgresql_where=text("state = 'delivered'")
        ),
        Index("ix_webhook_deliveries_message_id", "message_id"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(
        ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), primary_key=True
    )
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True)
    """The delivery id, which is the same for every endpoint."""
    position: Mapped[int] = mapped_column(BigInteger)
    """The message's, by which a lane is ordered."""
    lane: Mapped[int] = mapped_column(BigInteger)
    """Hash of the message's subject: what is ordered."""
    state: Mapped[MessageState] = mapped_column(TextEnum(MessageState), server_default=text("'pending'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    tried_before: Mapped[int] = mapped_column(server_default=text("0"))
    """Attempts before the latest replay, which don't count towards giving up."""
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class _Try:
    """What a line of the delivery log tells."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    endpoint_id: Mapped[UUID | None] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    """Null for the endpoint of the settings."""
    message_id: Mapped[UUID]
    attempt: Mapped[int]
    outcome: Mapped[str]
    status: Mapped[int | None]
    """What the receiver answered; null where it did not."""
    seconds: Mapped[float]
    error: Mapped[str | None]


class WebhookAttempt(_Try, Base):
    """One line of the delivery log, in the partition of its week: ``db.queries.partitions``."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        PrimaryKeyConstraint("id", "at"),
        CheckConstraint("outcome IN ('delivered', 'failed', 'dead')", name="outcome"),
        Index("ix_webhook_attempts_endpoint_id", "endpoint_id", "id"),
        Index("ix_webhook_attempts_message_id", "message_id", "id"),
        Index("ix_webhook_attempts_at", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: Mapped[datetime] = mapped_column(server_default=text("now()"), primary_key=True)


class WebhookAttemptBefore(_Try, Base):
    """One line of the log from before it was partitioned. Read until its time is over, never written."""

    __tablename__ = "webhook_attempts_before"
    __table_args__ = (
        CheckConstraint("outcome IN ('delivered', 'failed', 'dead')", name="outcome"),
        Index("ix_webhook_attempts_before_endpoint_id", "endpoint_id", "id"),
        Index("ix_webhook_attempts_before_message_id", "message_id", "id"),
        Index("ix_webhook_attempts_before_at", "at"),
    )

    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
