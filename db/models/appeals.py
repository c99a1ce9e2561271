"""Appeals: someone asks for another look at what was said of a picture, and shows how it was made.

Where an appeal stands is told by the review item that it opened: see ``db.queries.appeals``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class EvidenceKind(StrEnum):
    """What an object shows of how the picture was made."""

    LAYERS = "layers"
    """The working file with its layers."""
    TIME_LAPSE = "time_lapse"
    SKETCHES = "sketches"
    OTHER = "other"


class AppealOutcome(StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    """People said the same again."""
    OVERTURNED = "overturned"
    """Another label holds now."""


class Appeal(Base):
    """One appeal. ``appellant`` and the statement can be erased; that there was an appeal stays."""

    __tablename__ = "appeals"
    __table_args__ = (
        Index("ix_appeals_item_id", "item_id"),
        Index("ix_appeals_appellant", "appellant", "created_at"),
        Index("ix_appeals_due_at", "due_at", postgresql_where=text("late IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("review_items.id"))
    round: Mapped[int]
    """The item's round that decides it."""
    against: Mapped[str | None]
    """The label that was appealed; null where the file had none."""
    appellant: Mapped[str | None]
    """Whose appeal it is, as the platform calls them."""
    statement_id: Mapped[UUID | None] = mapped_column(ForeignKey("notes.id"))
    filed_by: Mapped[str]
    """The account of the platform's program."""
    due_at: Mapped[datetime]
    """When it should be decided."""
    late: Mapped[bool | None]
    """Whether it still waited when that had passed; null until it has."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class AppealEvidence(Base):
    """One object that an appeal shows, as it was when the appeal was filed."""

    __tablename__ = "appeal_evidence"
    __table_args__ = (
        one_of("kind", EvidenceKind),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
        Index("ix_appeal_evidence_appeal_id", "appeal_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("appeals.id"))
    kind: Mapped[EvidenceKind] = mapped_column(TextEnum(EvidenceKind))
    bucket: Mapped[str]
    key: Mapped[str]
    version_id: Mapped[str | None]
    """Null where the bucket keeps no versions."""
    etag: Mapped[str | None]
    sha256: Mapped[bytes | None]
    """As the platform stated it; who opens the object compares."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes, as the storage says."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
