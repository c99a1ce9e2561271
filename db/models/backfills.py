"""Backfills: runs of another bundle over the stored vectors."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class BackfillState(StrEnum):
    """Where a backfill stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Backfill(Base):
    """One run; ``cursor`` is the last image id whose page was committed."""

    __tablename__ = "backfills"
    __table_args__ = (
        one_of("state", BackfillState),
        CheckConstraint(
            "total >= 0 AND scored >= 0 AND written >= 0 AND skipped >= 0 AND failed >= 0", name="counts"
        ),
        CheckConstraint("measured >= 0 AND gone >= 0", name="measuring_counts"),
        CheckConstraint("(state = 'running') = (finished_at IS NULL)", name="finished_at"),
        Index("uq_backfills_running", "bundle_id", unique=True, postgresql_where=text("state = 'running'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"))
    queue: Mapped[str]
    state: Mapped[BackfillState] = mapped_column(TextEnum(BackfillState), server_default=text("'running'"))
    cursor: Mapped[UUID | None]
    total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    scored: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    written: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    skipped: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    failed: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Vectors that could not be read."""
    measures: Mapped[bool] = mapped_column(server_default=text("false"))
    """Pictures without a vector of the bundle's schema are fetched and measured."""
    measured: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    gone: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Pictures that were to be measured and that can't be had any more."""
    paused_at: Mapped[datetime | None]
    """Since when it rests; null while it goes on, and once it has ended."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[datetime | None]
