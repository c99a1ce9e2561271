"""Which statements of reasons were exported, and in which batch."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class StatementBatch(Base):
    """One file of the export. What belongs to it is fixed before it is written."""

    __tablename__ = "statement_batches"
    __table_args__ = (
        Index("ix_statement_batches_unwritten", "number", postgresql_where=text("written_at IS NULL")),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    written_at: Mapped[datetime | None]


class StatementExport(Base):
    """One statement of a batch."""

    __tablename__ = "statement_exports"
    __table_args__ = (Index("ix_statement_exports_batch", "batch", "place"),)

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Of the decision or the verdict whose reasons are stated."""
    decided_at: Mapped[datetime]
    batch: Mapped[int] = mapped_column(BigInteger, ForeignKey("statement_batches.number"))
    place: Mapped[int]
