"""Roll-outs: the steps that were taken, and the verdicts of bundles that only look on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from db.models import Bundle, BundleState, Note, RolloutAction, RolloutStep, ShadowVerdict, VerdictLabel

_ON_TRIAL = (
    RolloutAction.SHADOW,
    RolloutAction.CANARY,
    RolloutAction.HOLD,
    RolloutAction.RELEASE,
    RolloutAction.RETIRE,
)
"""Steps that say nothing of whether a bundle spoke alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStep:
    """A step that is taken."""

    bundle_id: str
    action: RolloutAction
    from_state: BundleState
    to_state: BundleState
    share: float | None
    person: str | None
    """None where nobody acted: the sweeper held the bundle."""
    finding: dict[str, Any] | None
    note_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that was taken."""

    number: int
    bundle_id: str
    action: RolloutAction
    from_state: BundleState
    to_state: BundleState
    share: float | None
    person: str | None
    finding: dict[str, Any] | None
    reason: str | None
    """None where none was given, or its text was erased."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShadow:
    """What a bundle would have said. Probabilities lie in [0, 1]."""

    id: UUID
    image_id: UUID
    bundle_id: str
    verdict_id: UUID
    """The verdict that stands."""
    label: VerdictLabel
    label_before_veto: VerdictLabel
    raw: float
    probability: float
    veto_probability: float | None
    runtime: str
    precision: str
    shared_vector: bool
    stage_ms: dict[str, Any]
    reason: str | None


def record(session: Session, step: NewStep) -> int:
    """Append a step. Returns its number."""
    query = insert(RolloutStep).values(asdict(step)).returning(RolloutStep.number)
    return session.execute(query).scalar_one()


def steps(session: Session, *, limit: int) -> list[Step]:
    """The newest steps, the newest first."""
    columns = [getattr(RolloutStep, name) for name in Step.__dataclass_fields__ if name != "reason"]
    query = (
        select(*columns, Note.body.label("reason"))
        .outerjoin(Note, Note.id == RolloutStep.note_id)
        .order_by(RolloutStep.number.desc())
        .limit(limit)
    )
    return [Step(**row._mapping) for row in session.execute(query)]


def spoke_before(session: Session, name: str) -> str | None:
    """The bundle that spoke for ``name`` before the one that does; None where none is known.

    One that was rolled back is never it. Where no step says so, as an earlier release took none, the last one
    that was activated is.
    """
    later = aliased(RolloutStep)
    last = (
        select(func.max(later.number))
        .where(later.bundle_id == Bundle.id, later.action.not_in(_ON_TRIAL))
        .correlate(Bundle)
        .scalar_subquery()
    )
    query = (
        select(Bundle.id)
        .outerjoin(RolloutStep, RolloutStep.number == last)
        .where(
            Bundle.name == name,
            Bundle.state == BundleState.RETIRED,
            Bundle.activated_at.is_not(None),
            or_(RolloutStep.action == RolloutAction.REPLACE, RolloutStep.action.is_(None)),
        )
        .order_by(RolloutStep.number.desc().nulls_last(), Bundle.activated_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def store_shadow(session: Session, verdict: NewShadow) -> bool:
    """Write what a bundle would have said, unless it has said so before. False where it had."""
    made = session.execute(
        upsert(ShadowVerdict)
        .values(asdict(verdict))
        .on_conflict_do_nothing(index_elements=[ShadowVerdict.image_id, ShadowVerdict.bundle_id])
        .returning(ShadowVerdict.id)
    )
    return made.scalar_one_or_none() is not None
