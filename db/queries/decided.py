"""Decided pictures with their vectors, to compare others with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session, aliased, join

from db.models import Decision, Features, HumanLabel, Image, ItemState, ReviewItem, Verdict
from db.queries.eligibility import is_the_decision, own_matter, personal_matter


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedVector:
    """A picture that people have decided on, and how it measures."""

    item_id: UUID
    image_id: UUID
    sha256: bytes
    perceptual_hash: int | None
    label: HumanLabel
    decided_at: datetime
    width: int
    height: int
    values: bytes
    """Little-endian float32."""


def newest(session: Session, schema_id: str, *, limit: int) -> list[DecidedVector]:
    """The newest decisions that stand and that the platform may know, on pictures measured in one schema.

    Without those that repeat another decision, questions whose answer is known, and pictures that are gone.
    """
    newest_first = aliased(Decision)
    case = (
        select(
            Decision.item_id,
            Image.id.label("image_id"),
            Image.sha256,
            Image.perceptual_hash,
            Decision.label,
            Decision.created_at.label("decided_at"),
            Image.width,
            Image.height,
            Features.values,
        )
        .select_from(Decision)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(Image, Image.id == ReviewItem.image_id)
        .join(Verdict, Verdict.id == ReviewItem.verdict_id)
        .join(Features, Features.id == Verdict.features_id)
        .where(
            Decision.id == newest_first.id,
            Features.schema_id == schema_id,
            ReviewItem.state == ItemState.DECIDED,
            ReviewItem.known_answer_id.is_(None),
            Image.removed_at.is_(None),
            is_the_decision(),
        )
        .limit(1)  # so that each is looked up by itself, until there are enough
        .lateral("case")
    )
    query = (
        select(*case.c)
        .select_from(join(newest_first, case, true()))
        .where(newest_first.cited_id.is_(None))
        .order_by(newest_first.id.desc())
        .limit(limit)
    )
    return [DecidedVector(**row._mapping) for row in session.execute(query)]


def shown_to(session: Session, item_ids: Collection[UUID], viewer: str) -> dict[UUID, bool]:
    """Those of some items that a reviewer may be shown, with whether they may also open them.

    What they uploaded or appealed is left out; what they decided themselves they see, and do not open again.
    """
    query = select(ReviewItem.id, ~own_matter(viewer)).where(
        ReviewItem.id.in_(item_ids), ~personal_matter(viewer)
    )
    return {row[0]: row[1] for row in session.execute(query)}
