"""Roll-outs: the steps that bundles were taken through, and what a bundle on trial would have said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of
from db.models.bundles import BundleState
from db.models.verdicts import VerdictLabel


class RolloutAction(StrEnum):
    """What was done with a bundle."""

    SHADOW = "shadow"
    CANARY = "canary"
    PROMOTE = "promote"
    ACTIVATE = "activate"
    HOLD = "hold"
    RELEASE = "release"
    RETIRE = "retire"
    ROLL_BACK = "roll_back"
    REPLACE = "replace"
    """It spoke until another one was made to."""
    RESTORE = "restore"
    """It speaks again because the one after it was rolled back."""


class RolloutStep(Base):
    """One step of one bundle. Appended, never changed: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "rollout_steps"
    __table_args__ = (
        one_of("action", RolloutAction),
        one_of("from_state", BundleState),
        one_of("to_state", BundleState),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        CheckConstraint(
            "action = 'hold' OR (person IS NOT NULL AND note_id IS NOT NULL)", name="named_and_reasoned"
        ),
        Index("ix_rollout_steps_bundle_id", "bundle_id", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"))
    action: Mapped[RolloutAction] = mapped_column(TextEnum(RolloutAction))
    from_state: Mapped[BundleState] = mapped_column(TextEnum(BundleState))
    to_state: Mapped[BundleState] = mapped_column(TextEnum(BundleState))
    share: Mapped[float | None]
    person: Mapped[str | None]
    """Name of who answers for it; null where the sweeper held the bundle."""
    finding: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The audited figures for which the sweeper held it."""
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("notes.id"))
    """Why."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class ShadowVerdict(Base):
    """What a bundle would have said of an image that another one has judged. Nothing acts on it."""

    __tablename__ = "shadow_verdicts"
    __table_args__ = (
        UniqueConstraint("image_id", "bundle_id"),
        one_of("label", VerdictLabel),
        one_of("label_before_veto", VerdictLabel),
        Index("ix_shadow_verdicts_bundle_id_created_at", "bundle_id", "created_at"),
        Index("ix_shadow_verdicts_verdict_id", "verdict_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id"))
    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"))
    verdict_id: Mapped[UUID] = mapped_column(ForeignKey("verdicts.id"))
    """The verdict that stands, which it is compared with."""
    label: Mapped[VerdictLabel] = mapped_column(TextEnum(VerdictLabel))
    label_before_veto: Mapped[VerdictLabel] = mapped_column(TextEnum(VerdictLabel))
    raw: Mapped[float]
    probability: Mapped[float]
    """Calibrated."""
    veto_probability: Mapped[float | None]
    runtime: Mapped[str]
    precision: Mapped[str]
    shared_vector: Mapped[bool]
    """The vector was measured for the verdict that stands: only the models' time was added."""
    stage_ms: Mapped[dict[str, Any]]
    """What it cost beside that verdict, in milliseconds."""
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
