"""What reviewers do with an item besides deciding it, and the texts that they write."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class ActKind(StrEnum):
    """What was done."""

    SKIP = "skip"
    HOLD = "hold"
    HAND_OVER = "hand_over"
    ESCALATE = "escalate"


class Note(Base):
    """A text that someone wrote. It can be erased, so nothing that must last is made of it but a digest.

    Erasing empties ``salt`` and ``body``: without the salt, the digest in the audit log tells nothing of a
    text that can be guessed.
    """

    __tablename__ = "notes"
    __table_args__ = (
        CheckConstraint("(body IS NULL) = (salt IS NULL)", name="erased_as_a_whole"),
        CheckConstraint("octet_length(salt) = 32", name="salt_length"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    salt: Mapped[bytes | None]
    body: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Act(Base):
    """One step. Appended, never changed: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "review_acts"
    __table_args__ = (
        one_of("kind", ActKind),
        CheckConstraint("kind <> 'hand_over' OR recipient IS NOT NULL", name="hand_over_has_recipient"),
        CheckConstraint("kind <> 'hold' OR until IS NOT NULL", name="hold_has_end"),
        Index("ix_review_acts_item_id", "item_id", "reviewer"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("review_items.id"))
    reviewer: Mapped[str]
    kind: Mapped[ActKind] = mapped_column(TextEnum(ActKind))
    lease_number: Mapped[int] = mapped_column(BigInteger)
    recipient: Mapped[str | None]
    """To whom it was handed over."""
    until: Mapped[datetime | None]
    """When a hold ends."""
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("notes.id"))
    """Why."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
