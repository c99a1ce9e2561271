"""What keeps requests of the platform in bounds: answers kept for a second try, and how fast each may ask."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class KeptAnswer(Base):
    """The answer to a request that came with an idempotency key, written in the request's own transaction."""

    __tablename__ = "kept_answers"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 32", name="key_sha256"),
        CheckConstraint("octet_length(request) = 32", name="request_sha256"),
        Index("ix_kept_answers_created_at", "created_at"),
        Index("ix_kept_answers_about", text("(body ->> 'id')")),
    )

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256 of who asked and of the key that they chose."""
    request: Mapped[bytes]
    """sha256 of what was asked for: the same key with another request is a mistake."""
    status: Mapped[int]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Allowance(Base):
    """How many requests a token may still send at once; not logged, as losing it costs nothing."""

    __tablename__ = "allowances"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 32", name="key_sha256"),
        Index("ix_allowances_at", "at"),
        {"prefixes": ["UNLOGGED"]},
    )

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256 of the token."""
    left: Mapped[float]
    """What was left at that moment; it grows with time up to the burst."""
    at: Mapped[datetime]


class ChangeCounter(Base):
    """The number of the last change that readers can see: one row, whose lock lets one number at a time."""

    __tablename__ = "change_counters"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    forgotten: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """The highest number whose change was deleted: a reader who was not past it may have missed one."""
