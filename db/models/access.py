"""What accounts get in with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of
from db.models.accounts import Role


class ApiToken(Base):
    """A program's or a person's key to the API. The key itself is nowhere: only its sha256."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("octet_length(digest) = 32", name="digest_sha256"),
        Index("ix_api_tokens_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    label: Mapped[str]
    """What it is for, in the words of who made it."""
    role: Mapped[Role] = mapped_column(TextEnum(Role))
    """What it may do at most: never more than the account may at that moment."""
    digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To the minute: not every request is worth a write."""
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
