"""Reviewers as the queue knows them: what they can judge, and what is their own."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Reviewer(Base):
    """One reviewer. A name without a row has no skills, no stated languages and no accounts."""

    __tablename__ = "reviewers"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    """The id that claims and decisions carry."""
    pseudonym: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    """What stands for the name wherever the name must not go."""
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Languages they read; none stated means that none is excluded."""
    accounts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Their own accounts on the platform, whose uploads and appeals they never see."""
    senior: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
