"""Pictures whose answer is known: asked again, unmarked, they tell how reliable reviewers are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum
from db.models.review import HumanLabel


class KnownAnswer(Base):
    """One picture and what it is. Each reviewer is asked at most once."""

    __tablename__ = "known_answers"
    __table_args__ = (CheckConstraint("label IN ('GENUINE', 'SYNTHETIC')", name="label"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id"), unique=True)
    verdict_id: Mapped[UUID] = mapped_column(ForeignKey("verdicts.id"))
    """The verdict that is shown with the question."""
    label: Mapped[HumanLabel] = mapped_column(TextEnum(HumanLabel))
    retired_at: Mapped[datetime | None]
    """Asked no more from then on."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
