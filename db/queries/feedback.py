"""What people found of each bundle's verdicts, and the figures that were made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import (
    AuditSample,
    Bundle,
    Decision,
    FeedbackDay,
    HumanLabel,
    ReviewItem,
    Verdict,
    VerdictLabel,
    VerdictOrigin,
)
from db.queries.effective import settled_and_told


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One verdict that people have settled."""

    bundle_id: str
    label: VerdictLabel
    probability: float
    share: float
    """How likely it was to be asked about: 1 for an UNCERTAIN one, else what the lot had."""
    found: HumanLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The figures of one bundle as one day found them."""

    bundle_id: str
    bundle: str
    """Its name."""
    day: dt.date
    figures: dict[str, Any]
    measured_at: datetime


def judged(session: Session, *, days: float) -> Iterator[Judged]:
    """Settled verdicts of the last so many days: the unsure ones, and those that the lot has drawn.

    What people were asked about for another reason, an appeal or a report, says nothing of how often a bundle
    errs, and is left out; so are decisions that repeat one on a near-duplicate.
    """
    newest = (
        select(Decision.item_id, func.max(Decision.created_at).label("at"))
        .where(settled_and_told(), Decision.created_at > db_after(-86_400.0 * days))
        .group_by(Decision.item_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Verdict.bundle_id,
            Verdict.label,
            Verdict.probability,
            func.coalesce(AuditSample.share, 1.0).label("share"),
            Decision.label.label("found"),
        )
        .join(ReviewItem, ReviewItem.verdict_id == Verdict.id)
        .join(newest, newest.c.item_id == ReviewItem.id)
        .join(Decision, (Decision.item_id == newest.c.item_id) & (Decision.created_at == newest.c.at))
        .outerjoin(AuditSample, AuditSample.verdict_id == Verdict.id)
        .where(
            settled_and_told(),
            Verdict.origin == VerdictOrigin.SCAN,
            ReviewItem.known_answer_id.is_(None),
            Decision.cited_id.is_(None),
            (Verdict.label == VerdictLabel.UNCERTAIN) | AuditSample.verdict_id.is_not(None),
        )
        .execution_options(yield_per=2000)
    )
    for row in rows:
        yield Judged(**row._mapping)


def measured_today(session: Session) -> bool:
    """Whether some bundle's figures are of today, by PostgreSQL's clock."""
    today = select(FeedbackDay.day).where(FeedbackDay.day == func.date(db_now())).limit(1)
    return session.scalars(today).one_or_none() is not None


def keep(session: Session, bundle_id: str, figures: dict[str, Any]) -> None:
    """Keep a bundle's figures of today, in place of earlier ones of today."""
    row = insert(FeedbackDay).values(bundle_id=bundle_id, day=func.date(db_now()), figures=figures)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[FeedbackDay.bundle_id, FeedbackDay.day],
            set_={"figures": figures, "measured_at": db_now()},
        )
    )


def latest(session: Session) -> list[Day]:
    """The newest figures of each bundle, the newest first."""
    query = (
        select(FeedbackDay, Bundle.name)
        .join(Bundle, Bundle.id == FeedbackDay.bundle_id)
        .ext(distinct_on(FeedbackDay.bundle_id))
        .order_by(FeedbackDay.bundle_id, FeedbackDay.day.desc())
    )
    found = [_day(row, name) for row, name in session.execute(query)]
    return sorted(found, key=lambda each: each.measured_at, reverse=True)


def course(session: Session, bundle_id: str, *, days: int) -> list[Day]:
    """The figures of a bundle on its last so many days, oldest first."""
    query = (
        select(FeedbackDay, Bundle.name)
        .join(Bundle, Bundle.id == FeedbackDay.bundle_id)
        .where(FeedbackDay.bundle_id == bundle_id)
        .order_by(FeedbackDay.day.desc())
        .limit(days)
    )
    return [_day(row, name) for row, name in session.execute(query)][::-1]


def _day(row: FeedbackDay, name: str) -> Day:
    return Day(
        bundle_id=row.bundle_id, bundle=name, day=row.day, figures=row.figures, measured_at=row.measured_at
    )
