"""How often people found a bundle's SYNTHETIC verdicts to be wrong.

Three figures, none of which a bundle can flatter: SYNTHETIC verdicts that people overturned, out of all that
it gave, which is the least that is true; of those that the lot has put before people, the share that they
found genuine, an unbiased estimate; and pictures that are known to be genuine which it calls SYNTHETIC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select, union
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import (
    AuditSample,
    Decision,
    HumanLabel,
    KnownAnswer,
    ReviewItem,
    RolloutAction,
    RolloutStep,
    ShadowVerdict,
    Verdict,
    VerdictLabel,
    VerdictOrigin,
)
from db.queries.eligibility import is_the_decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What the audit has found of one bundle."""

    accusations: int
    """SYNTHETIC verdicts on uploads; what a backfill wrote stands beside and accuses nobody."""
    overturned: int
    """Of them, those whose picture people decided to be genuine: on appeal, in a sample, on a report."""
    drawn: int
    """Of them, those that the lot has put before people, who have settled them one way or the other."""
    drawn_wrong: int
    """Of these, those that people found genuine."""
    known: int
    """Pictures known to be genuine on which it has spoken or looked on."""
    known_accused: int
    """Of them, those that it calls SYNTHETIC."""


def of_bundle(session: Session, bundle_id: str, *, within_seconds: float) -> Audited:
    """The audit of a bundle's verdicts of a period, or since it was last released from a hold."""
    released = session.execute(
        select(func.max(RolloutStep.created_at)).where(
            RolloutStep.bundle_id == bundle_id, RolloutStep.action == RolloutAction.RELEASE
        )
    ).scalar_one()
    wrong = exists().where(
        Decision.image_id == Verdict.image_id,
        Decision.label == HumanLabel.GENUINE,
        ReviewItem.id == Decision.item_id,
        ReviewItem.known_answer_id.is_(None),
        is_the_decision(),
    )
    accusations, overturned = session.execute(
        select(func.count(), func.count().filter(wrong)).where(
            Verdict.bundle_id == bundle_id,
            Verdict.label == VerdictLabel.SYNTHETIC,
            Verdict.origin == VerdictOrigin.SCAN,
            _counts(Verdict, within_seconds, released),
        )
    ).one()
    drawn, drawn_wrong = _drawn(session, bundle_id, within_seconds, released)
    known, known_accused = _known(session, bundle_id, within_seconds, released)
    return Audited(
        accusations=accusations,
        overturned=overturned,
        drawn=drawn,
        drawn_wrong=drawn_wrong,
        known=known,
        known_accused=known_accused,
    )


def _drawn(
    session: Session, bundle_id: str, within_seconds: float, released: datetime | None
) -> tuple[int, int]:
    genuine = Decision.label == HumanLabel.GENUINE
    drawn, wrong = session.execute(
        select(func.count(), func.count().filter(genuine))
        .select_from(AuditSample)
        .join(Verdict, Verdict.id == AuditSample.verdict_id)
        .join(Decision, Decision.item_id == AuditSample.item_id)
        .where(
            Verdict.bundle_id == bundle_id,
            Verdict.label == VerdictLabel.SYNTHETIC,
            Verdict.origin == VerdictOrigin.SCAN,
            Decision.label != HumanLabel.CANNOT_TELL,
            Decision.cited_id.is_(None),
            is_the_decision(),
            _counts(Verdict, within_seconds, released),
        )
    ).one()
    return drawn, wrong


def _known(
    session: Session, bundle_id: str, within_seconds: float, released: datetime | None
) -> tuple[int, int]:
    said = union(
        *(
            select(kind.image_id, kind.label.label("label"))
            .join(KnownAnswer, KnownAnswer.image_id == kind.image_id)
            .where(
                kind.bundle_id == bundle_id,
                KnownAnswer.label == HumanLabel.GENUINE,
                _counts(kind, within_seconds, released),
            )
            for kind in (Verdict, ShadowVerdict)
        )
    ).subquery()
    accused = said.c.label == VerdictLabel.SYNTHETIC
    known, known_accused = session.execute(
        select(func.count(), func.count().filter(accused)).select_from(said)
    ).one()
    return known, known_accused


def _counts(
    kind: type[Verdict] | type[ShadowVerdict], within_seconds: float, released: datetime | None
) -> ColumnElement[bool]:
    lately: ColumnElement[bool] = kind.created_at >= db_after(-within_seconds)
    return lately if released is None else and_(lately, kind.created_at > released)
