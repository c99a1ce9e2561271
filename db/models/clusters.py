"""What near-duplicates of decided pictures are found by."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Precedent(Base):
    """A decision that a person made on a picture with a perceptual hash, and that cites no other.

    Two hashes that differ in fewer than eight bits share one of their eight bytes, so the index holds the
    bytes, each with its place.
    """

    __tablename__ = "precedents"
    __table_args__ = (Index("ix_precedents_bands", "bands", postgresql_using="gin"),)

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    hash: Mapped[int] = mapped_column(BigInteger)
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """256 times the place of a byte, plus its value; the highest byte has place 0."""


class Resemblance(Base):
    """A decision on a near-duplicate of an item, the nearest that was found when the item came in."""

    __tablename__ = "resemblances"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("review_items.id"), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"))
