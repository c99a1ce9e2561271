"""First opinions: given before the detector's word was shown, and what became of them after it was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, and_, case, func, literal, select, type_coerce
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Decision, FirstOpinion, HumanLabel, Reviewer, ReviewItem, Verdict
from db.queries._ids import NewId
from db.queries.eligibility import stands
from db.queries.review import held_by

_MIDDLE = 0.5
"""From this probability on the detector leans to SYNTHETIC, below it to GENUINE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How one reviewer's decisions differ from what they had said before they saw the detector's word."""

    reviewer: str
    pseudonym: UUID
    given: int
    """First opinions that a decision followed."""
    differed: int
    """Of these, how many were not what the detector leans to."""
    towards: int
    """Of those that differed, how many became what the detector leans to."""
    away: int
    """Of those that did not differ, how many became something else."""

    @property
    def share_towards(self) -> float | None:
        """Of the opinions that differed, the share changed towards the detector; None where none differed."""
        return self.towards / self.differed if self.differed else None


def give(
    session: Session, item_id: UUID, reviewer: str, lease_number: int, *, label: HumanLabel, new_id: NewId
) -> bool:
    """Note a first opinion under the reviewer's claim; the first one of a round stays.

    Returns:
        False where the claim does not hold.
    """
    held = session.execute(
        select(ReviewItem.round).where(held_by(item_id, reviewer, lease_number)).with_for_update()
    ).scalar_one_or_none()
    if held is None:
        return False
    session.execute(
        postgresql.insert(FirstOpinion)
        .values(
            id=new_id(),
            item_id=item_id,
            reviewer=reviewer,
            label=label,
            round=held,
            lease_number=lease_number,
        )
        .on_conflict_do_nothing(index_elements=["item_id", "reviewer", "round"])
    )
    return True


def of(session: Session, item_ids: Collection[UUID], reviewer: str) -> dict[UUID, HumanLabel]:
    """The first opinions that a reviewer gave on these items in their present rounds, by item."""
    query = (
        select(FirstOpinion.item_id, FirstOpinion.label)
        .join(ReviewItem, ReviewItem.id == FirstOpinion.item_id)
        .where(
            FirstOpinion.item_id.in_(item_ids),
            FirstOpinion.reviewer == reviewer,
            FirstOpinion.round == ReviewItem.round,
        )
    )
    return dict(session.execute(query).all())


def changes(
    session: Session, reviewer: str | None = None, *, within_seconds: float | None = None
) -> list[Changes]:
    """What became of first opinions, by reviewer, in the order of their names.

    Args:
        session: in a transaction.
        reviewer: only this one's; None for all.
        within_seconds: only opinions of so long ago or less; None for all.
    """
    leans = case(
        (Verdict.probability >= _MIDDLE, literal(HumanLabel.SYNTHETIC.value)),
        else_=literal(HumanLabel.GENUINE.value),
    )
    differed = type_coerce(FirstOpinion.label, Text) != leans
    became = type_coerce(Decision.label, Text) == leans
    query = (
        select(
            FirstOpinion.reviewer,
            Reviewer.pseudonym,
            func.count().label("given"),
            func.count().filter(differed).label("differed"),
            func.count().filter(differed, became).label("towards"),
            func.count().filter(~differed, ~became).label("away"),
        )
        .join(ReviewItem, ReviewItem.id == FirstOpinion.item_id)
        .join(Verdict, Verdict.id == ReviewItem.verdict_id)
        .join(Reviewer, Reviewer.name == FirstOpinion.reviewer)
        .join(
            Decision,
            and_(
                Decision.item_id == FirstOpinion.item_id,
                Decision.moderator == FirstOpinion.reviewer,
                Decision.round == FirstOpinion.round,
                stands(),
            ),
        )
        .group_by(FirstOpinion.reviewer, Reviewer.pseudonym)
        .order_by(FirstOpinion.reviewer)
    )
    if reviewer is not None:
        query = query.where(FirstOpinion.reviewer == reviewer)
    if within_seconds is not None:
        query = query.where(FirstOpinion.created_at >= db_after(-within_seconds))
    return [Changes(**row._mapping) for row in session.execute(query)]
