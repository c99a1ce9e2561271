"""Verdicts: what one bundle says of one image, once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class VerdictLabel(StrEnum):
    """A bundle's three answers."""

    GENUINE = "GENUINE"
    UNCERTAIN = "UNCERTAIN"
    SYNTHETIC = "SYNTHETIC"


class VerdictOrigin(StrEnum):
    """Whether the picture was scanned, or its stored vector scored again."""

    SCAN = "scan"
    BACKFILL = "backfill"


_PROBABILITIES = (
    "probability",
    "raw",
    "lightgbm",
    "svm",
    "random_forest",
    "veto_probability",
    "genuine_below",
    "synthetic_from",
)


class Verdict(Base):
    """One verdict. Whatever the code does, a veto softens SYNTHETIC and does nothing else: see the checks."""

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("image_id", "bundle_id"),
        one_of("label", VerdictLabel),
        one_of("label_before_veto", VerdictLabel),
        one_of("origin", VerdictOrigin),
        CheckConstraint(
            "label = label_before_veto OR (label_before_veto = 'SYNTHETIC' AND label = 'UNCERTAIN'"
            " AND (veto_applied OR reason IS NOT NULL))",
            name="veto_only_softens",
        ),
        CheckConstraint(
            "label_before_veto <> 'SYNTHETIC' OR probability >= synthetic_from",
            name="synthetic_above_threshold",
        ),
        CheckConstraint("genuine_below <= synthetic_from", name="thresholds_ordered"),
        CheckConstraint(
            " AND ".join(f"{name} BETWEEN 0 AND 1" for name in _PROBABILITIES), name="unit_interval"
        ),
        Index("ix_verdicts_bundle_id_label", "bundle_id", "label"),
        Index("ix_verdicts_bundle_id_created_at", "bundle_id", "created_at"),
        Index("ix_verdicts_features_id", "features_id", postgresql_where=text("features_id IS NOT NULL")),
        Index(
            "ix_verdicts_confident",
            "created_at",
            "id",
            postgresql_where=text("label IN ('GENUINE', 'SYNTHETIC') AND origin = 'scan'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id"))
    bundle_id: Mapped[str] = mapped_column(ForeignKey("bundles.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id"))
    features_id: Mapped[UUID | None] = mapped_column(ForeignKey("features.id"))
    """Null once the vector was erased."""
    label: Mapped[VerdictLabel] = mapped_column(TextEnum(VerdictLabel))
    label_before_veto: Mapped[VerdictLabel] = mapped_column(TextEnum(VerdictLabel))
    raw: Mapped[float]
    """Weighted mean of the members, before calibration."""
    probability: Mapped[float]
    """Calibrated."""
    lightgbm: Mapped[float]
    svm: Mapped[float]
    random_forest: Mapped[float]
    veto_applied: Mapped[bool]
    veto_probability: Mapped[float | None]
    genuine_below: Mapped[float]
    synthetic_from: Mapped[float]
    runtime: Mapped[str]
    precision: Mapped[str]
    stage_ms: Mapped[dict[str, Any]]
    origin: Mapped[VerdictOrigin] = mapped_column(TextEnum(VerdictOrigin))
    reason: Mapped[str | None]
    """Why the label differs from the scores' own, where no veto says so (``veto_unavailable``)."""
    warranty: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The measured error rate that applies: domain, tier, basis, measure, count, total, rate, low, high; null
    where the bundle states none."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
