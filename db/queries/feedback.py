"""What people found of each bundle's verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import (
    AuditSample,
    Decision,
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
