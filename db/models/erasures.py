"""Erasures: what was asked to be forgotten, how far that has come, and what was erased."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class ErasureScope(StrEnum):
    """What is to be erased."""

    IMAGE = "image"
    OBJECT = "object"
    UPLOADER = "uploader"


class ErasureState(StrEnum):
    """Where an erasure stands."""

    RUNNING = "running"
    DONE = "done"


class Erasure(Base):
    """One erasure. When it is done, it no longer says whom or what it was about."""

    __tablename__ = "erasures"
    __table_args__ = (
        one_of("scope", ErasureScope),
        one_of("state", ErasureState),
        CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name="finished_at"),
        CheckConstraint("(state = 'running') = (subject IS NOT NULL)", name="forgets_its_subject"),
        Index("ix_erasures_running", "id", postgresql_where=text("state = 'running'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[ErasureScope] = mapped_column(TextEnum(ErasureScope))
    subject: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What names it, while it runs."""
    state: Mapped[ErasureState] = mapped_column(TextEnum(ErasureState), server_default=text("'running'"))
    erased: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """How many rows of each kind so far."""
    asked_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    finished_at: Mapped[datetime | None]
