"""Where a bundle on trial and the one that it would replace differ, picture by picture.

On each picture one of the two has spoken and the other has looked on; which of them did which does not matter
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Double, Select, func, select, union_all
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Image, ShadowVerdict, Verdict, VerdictLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Pictures of a domain that two labels share."""

    domain: str | None
    """As the platform states it."""
    usual: VerdictLabel
    """Of the bundle that would be replaced."""
    trial: VerdictLabel
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A picture on which the two differ. Probabilities are calibrated, each by its own bundle."""

    image_id: UUID
    bucket: str
    key: str
    domain: str | None
    usual: VerdictLabel
    trial: VerdictLabel
    usual_probability: float
    trial_probability: float
    removed: bool
    """The platform has said that the object is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What looking on has cost."""

    bundle_id: str
    """Of the bundle that looked on."""
    shared_vector: bool
    """The vector was measured already for the verdict that stands."""
    pictures: int
    mean_ms: float
    p95_ms: float


def cells(session: Session, trial_id: str, *, within_seconds: float) -> list[Cell]:
    """How often two labels met, by domain."""
    pairs = _pairs(trial_id, within_seconds)
    query = (
        select(Image.domain, pairs.c.usual, pairs.c.trial, func.count().label("count"))
        .join(pairs, pairs.c.image_id == Image.id)
        .group_by(Image.domain, pairs.c.usual, pairs.c.trial)
        .order_by(Image.domain.nulls_last(), pairs.c.usual, pairs.c.trial)
    )
    return [Cell(**row._mapping) for row in session.execute(query)]


def changed(
    session: Session,
    trial_id: str,
    *,
    usual: VerdictLabel,
    trial: VerdictLabel,
    within_seconds: float,
    limit: int,
) -> list[Changed]:
    """Pictures that go one way from one bundle to the other; those that moved farthest come first."""
    pairs = _pairs(trial_id, within_seconds)
    query = (
        select(
            Image.id.label("image_id"),
            Image.bucket,
            Image.key,
            Image.domain,
            pairs.c.usual,
            pairs.c.trial,
            pairs.c.usual_probability,
            pairs.c.trial_probability,
            Image.removed_at.is_not(None).label("removed"),
        )
        .join(pairs, pairs.c.image_id == Image.id)
        .where(pairs.c.usual == usual, pairs.c.trial == trial)
        .order_by(func.abs(pairs.c.trial_probability - pairs.c.usual_probability).desc(), Image.id)
        .limit(limit)
    )
    return [Changed(**row._mapping) for row in session.execute(query)]


def costs(session: Session, trial_id: str, *, within_seconds: float) -> list[Cost]:
    """What it costs that one of the two looks on, by bundle and by whether the vector was shared."""
    spent = ShadowVerdict.stage_ms["beside"].astext.cast(Double)
    stands = Verdict.id == ShadowVerdict.verdict_id
    query = (
        select(
            ShadowVerdict.bundle_id,
            ShadowVerdict.shared_vector,
            func.count().label("pictures"),
            func.avg(spent).label("mean_ms"),
            func.percentile_cont(0.95).within_group(spent).label("p95_ms"),
        )
        .join(Verdict, stands)
        .where(
            (ShadowVerdict.bundle_id == trial_id) | (Verdict.bundle_id == trial_id),
            _lately(within_seconds),
        )
        .group_by(ShadowVerdict.bundle_id, ShadowVerdict.shared_vector)
        .order_by(ShadowVerdict.bundle_id, ShadowVerdict.shared_vector)
    )
    return [Cost(**row._mapping) for row in session.execute(query)]


def _pairs(trial_id: str, within_seconds: float) -> CTE:
    """Image, label and probability of both bundles."""
    looked_on = _pair(usual=Verdict, trial=ShadowVerdict).where(ShadowVerdict.bundle_id == trial_id)
    decided = _pair(usual=ShadowVerdict, trial=Verdict).where(Verdict.bundle_id == trial_id)
    both = union_all(looked_on.where(_lately(within_seconds)), decided.where(_lately(within_seconds)))
    return both.cte("pairs")


def _pair(*, usual: type[Any], trial: type[Any]) -> Select[Any]:
    return select(
        Verdict.image_id,
        usual.label.label("usual"),
        trial.label.label("trial"),
        usual.probability.label("usual_probability"),
        trial.probability.label("trial_probability"),
    ).join_from(ShadowVerdict, Verdict, Verdict.id == ShadowVerdict.verdict_id)


def _lately(within_seconds: float) -> ColumnElement[bool]:
    return ShadowVerdict.created_at >= db_after(-within_seconds)
