"""Bundles: the detectors that this installation knows, and which of them speaks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of

DEFAULT_NAME = "default"
"""Name of the place that one bundle at a time fills."""


class BundleState(StrEnum):
    """How far a bundle's roll-out has come: see ``worker.rollout.states`` for the ways between them."""

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
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        CheckConstraint("(state IN ('shadow', 'canary')) = (share IS NOT NULL)", name="share_in_trial"),
        CheckConstraint("held_at IS NULL OR state = 'shadow'", name="held_is_shadow"),
        Index("uq_bundles_active_name", "name", unique=True, postgresql_where=text("state = 'active'")),
        Index(
            "uq_bundles_trial_name",
            "name",
            unique=True,
            postgresql_where=text("state IN ('shadow', 'canary')"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    manifest: Mapped[dict[str, Any]]
    location: Mapped[str]
    """Where a worker finds its parts."""
    state: Mapped[BundleState] = mapped_column(TextEnum(BundleState), server_default=text("'candidate'"))
    share: Mapped[float | None]
    """Of the uploads that a shadow looks at, or that a canary decides; null for every other state."""
    held_at: Mapped[datetime | None]
    """Since when it may not go on before a person has released it; null where it may."""
    activated_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
