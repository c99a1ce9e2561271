"""What tells how often a bundle errs: verdicts that were drawn by lot, and the figures of each day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of
from db.models.daily import BundleDay
from db.models.verdicts import VerdictLabel


class AuditSample(Base):
    """A confident verdict that people are asked about by lot, whatever it says."""

    __tablename__ = "audit_samples"
    __table_args__ = (
        one_of("label", VerdictLabel),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index("uq_audit_samples_item_id", "item_id", unique=True),
    )

    verdict_id: Mapped[UUID] = mapped_column(ForeignKey("verdicts.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("review_items.id"))
    label: Mapped[VerdictLabel] = mapped_column(TextEnum(VerdictLabel))
    share: Mapped[float]
    """How likely a verdict of this label was to be drawn at that time."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class AuditCursor(Base):
    """How far the drawing has come."""

    __tablename__ = "audit_cursors"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    upto: Mapped[datetime]
    """Verdicts that were written later are still to be drawn from."""
    last_id: Mapped[UUID]


class FeedbackDay(BundleDay):
    """The figures of one bundle as one day found them."""

    __tablename__ = "feedback_days"
