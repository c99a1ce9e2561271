"""What the drift of uploads is measured against, and what each day found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.models.daily import BundleDay


class DriftReference(Base):
    """How a bundle's scores and vectors were spread in its first week: quantiles of many pictures."""

    __tablename__ = "drift_references"
    __table_args__ = (
        CheckConstraint("begins_at < ends_at", name="period"),
        CheckConstraint("scans > 0 AND vectors >= 0", name="counts"),
    )

    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"), primary_key=True)
    schema_id: Mapped[str | None]
    """Of the vectors; null where none was left to read."""
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    scans: Mapped[int]
    """Verdicts of the sample."""
    vectors: Mapped[int]
    """Of them, those whose vectors were there."""
    parts: Mapped[bytes]
    """Arrays, as safetensors."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class DriftDay(BundleDay):
    """How far a bundle's uploads had come from its first week, as one day found them."""

    __tablename__ = "drift_days"
