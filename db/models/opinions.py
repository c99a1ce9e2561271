"""What reviewers said before they saw what the detector says, where their queue hides it until then."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of
from db.models.review import HumanLabel


class FirstOpinion(Base):
    """One opinion. Appended, never changed: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "first_opinions"
    __table_args__ = (
        one_of("label", HumanLabel),
        UniqueConstraint("item_id", "reviewer", "round"),
        Index("ix_first_opinions_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("review_items.id"))
    reviewer: Mapped[str]
    label: Mapped[HumanLabel] = mapped_column(TextEnum(HumanLabel))
    round: Mapped[int]
    lease_number: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
