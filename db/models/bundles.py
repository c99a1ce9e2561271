"""Bundles: the detectors that this installation knows, and which of them speaks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class BundleState(StrEnum):
    """How far a bundle's roll-out has come."""

    CANDIDATE = "candidate"
    SHADOW = "shadow"
    CANARY = "canary"
    ACTIVE = "active"
    RETIRED = "retired"


class Bundle(Base):
    """One bundle; its id is the sha256 of its manifest in hexadecimal."""

    __tablename__ = "bundles"
    __table_args__ = (
        one_of("state", BundleState),
        CheckConstraint("id ~ '^[0-9a-f]{64}$'", name="id_sha256"),
        CheckConstraint("state <> 'active' OR activated_at IS NOT NULL", name="activated_at"),
        Index("uq_bundles_active_name", "name", unique=True, postgresql_where=text("state = 'active'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    manifest: Mapped[dict[str, Any]]
    location: Mapped[str]
    """Where a worker finds its parts."""
    state: Mapped[BundleState] = mapped_column(TextEnum(BundleState), server_default=text("'candidate'"))
    activated_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
