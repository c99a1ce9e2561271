"""Who may sign in, and as what.

What the queue knows of a person lies in ``reviewers``, under the same name.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class Role(StrEnum):
    """What a person, or a program, is here for; worker/access/permissions.py says what each may do."""

    SERVICE = "service"
    """A program of the platform; it has tokens and no password."""
    MODERATOR = "moderator"
    SENIOR = "senior"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Account(Base):
    """One person or program. It is never deleted, because decisions stand under its name: only disabled."""

    __tablename__ = "accounts"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._@+-]{0,99}$'", name="name_form"),
        CheckConstraint("role <> 'service' OR password_hash IS NULL", name="service_has_no_password"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """What is typed to sign in, and what claims and decisions stand under."""
    role: Mapped[Role] = mapped_column(TextEnum(Role))
    password_hash: Mapped[str | None]
    """Argon2id with its parameters and salt; null where a password can't be used."""
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
