"""Near-duplicates: waiting items that one decision may cover, and decided ones that a new item is like.

Two pictures are near where their perceptual hashes differ in few bits and both rest on enough contrast.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    cast,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, BIT
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.base import db_now
from db.models import (
    AuditSample,
    Decision,
    HumanLabel,
    Image,
    ItemKind,
    ItemState,
    Precedent,
    Resemblance,
    ReviewItem,
    Stage,
)
from db.queries import items
from db.queries.eligibility import free_for, is_the_decision, stands, within_reach
from db.queries.items import Item

_BYTES = 8
_PRECEDENTS = Precedent.metadata.tables["precedents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """What counts as near."""

    bits: int
    """Most bits of 64 that differ; below 8."""
    least_contrast: float
    """Gray levels that both hashes must rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An open item that near-duplicates were not sought for."""

    id: UUID
    hash: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A decision that stands on a near-duplicate."""

    decision_id: UUID
    item_id: UUID
    image_id: UUID
    label: HumanLabel
    bits: int
    """That differ."""
    decided_at: datetime
    hits: int
    """Automatic decisions that cite it."""


def bands(digest: int) -> list[int]:
    """The bytes of a hash, each with its place."""
    parts = digest.to_bytes(_BYTES, "big", signed=True)
    return [256 * place + value for place, value in enumerate(parts)]


def near_items(
    session: Session, item_id: UUID, moderator: str, nearness: Nearness, *, limit: int
) -> list[Item]:
    """Waiting items near this one that the moderator could claim, nearest first.

    Only those of the same queue that wait for an opinion of the same stage, and none whose answer is known.
    """
    lead = session.execute(
        select(Image.perceptual_hash, ReviewItem.stage, ReviewItem.queue)
        .join(ReviewItem, ReviewItem.image_id == Image.id)
        .where(
            ReviewItem.id == item_id,
            ReviewItem.known_answer_id.is_(None),
            Image.hash_contrast >= nearness.least_contrast,
        )
    ).one_or_none()
    if lead is None or lead.perceptual_hash is None:
        return []
    distance = (
        select(_differing(Image.perceptual_hash, lead.perceptual_hash))
        .where(Image.id == ReviewItem.image_id, Image.hash_contrast >= nearness.least_contrast)
        .scalar_subquery()
    )
    query = (
        select(ReviewItem.id)
        .where(
            free_for(moderator),
            within_reach(moderator, None),
            ReviewItem.id != item_id,
            ReviewItem.queue == lead.queue,
            ReviewItem.stage == lead.stage,
            ReviewItem.known_answer_id.is_(None),
            distance <= nearness.bits,
        )
        .order_by(distance, ReviewItem.id)
        .limit(limit)
    )
    found = [items.get(session, near_id) for near_id in session.scalars(query)]
    return [item for item in found if item is not None]


def remember(session: Session, decision_id: UUID, image_id: UUID | None) -> None:
    """Let near-duplicates find a decision that a person has made, where its picture has a hash."""
    if image_id is None:
        return
    digest = session.execute(select(Image.perceptual_hash).where(Image.id == image_id)).scalar_one_or_none()
    if digest is not None:
        # Given beside the statement, which is then the same for every decision.
        values = {"decision_id": decision_id, "hash": digest, "bands": bands(digest)}
        session.execute(insert(_PRECEDENTS), values)


def unsought(session: Session, nearness: Nearness, *, limit: int) -> list[Candidate]:
    """Open items that a near-duplicate's decision might settle; locked until the transaction ends.

    Appealed items, second opinions, questions whose answer is known and what was drawn by lot are for people
    in any case.
    """
    query = (
        select(ReviewItem.id, Image.perceptual_hash)
        .join(Image, Image.id == ReviewItem.image_id)
        .where(
            ReviewItem.state == ItemState.OPEN,
            ~ReviewItem.near_sought,
            ReviewItem.kind == ItemKind.UNCERTAIN,
            ReviewItem.known_answer_id.is_(None),
            ReviewItem.stage == Stage.FIRST,
            ReviewItem.round == 1,
            func.cardinality(ReviewItem.appealed_by) == 0,
            ~exists().where(AuditSample.item_id == ReviewItem.id),
            or_(ReviewItem.available_at.is_(None), ReviewItem.available_at <= db_now()),
            Image.perceptual_hash.is_not(None),
            Image.hash_contrast >= nearness.least_contrast,
        )
        .order_by(ReviewItem.id)
        .limit(limit)
        .with_for_update(of=ReviewItem, skip_locked=True)
    )
    found = session.execute(query)
    return [Candidate(id=item_id, hash=digest) for item_id, digest in found if digest is not None]


def decided_near(session: Session, candidate: Candidate, nearness: Nearness) -> list[Found]:
    """Decisions on near-duplicates that stand and that the platform may know, nearest first."""
    cites = aliased(Decision)
    hits = (
        select(func.count())
        .select_from(cites)
        .where(cites.cited_id == Decision.id, cites.automatic)
        .scalar_subquery()
    )
    distance = _differing(Precedent.hash, candidate.hash)
    query = (
        select(
            Decision.id.label("decision_id"),
            Decision.item_id,
            Image.id.label("image_id"),
            Decision.label,
            distance.label("bits"),
            Decision.created_at.label("decided_at"),
            hits.label("hits"),
        )
        .join(Precedent, Precedent.decision_id == Decision.id)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(Image, Image.id == Decision.image_id)
        .where(
            Precedent.bands.overlap(cast(bindparam("bands", bands(candidate.hash)), ARRAY(Integer))),
            distance <= nearness.bits,
            Image.hash_contrast >= nearness.least_contrast,
            ReviewItem.state == ItemState.DECIDED,
            is_the_decision(),
        )
        .order_by("bits", Decision.created_at)
    )
    return [Found(**row._mapping) for row in session.execute(query)]


def decided_near_image(session: Session, image_id: UUID, nearness: Nearness) -> list[Found]:
    """Decisions that stand on near-duplicates of an image, itself among them, nearest first."""
    query = select(Image.perceptual_hash).where(
        Image.id == image_id,
        Image.perceptual_hash.is_not(None),
        Image.hash_contrast >= nearness.least_contrast,
    )
    digest = session.execute(query).scalar_one_or_none()
    return [] if digest is None else decided_near(session, Candidate(id=image_id, hash=digest), nearness)


def note_sought(session: Session, item_id: UUID, near_id: UUID | None) -> None:
    """Near-duplicates of an item were sought; where a decision was found, who is asked can be shown it."""
    sought = update(ReviewItem).where(ReviewItem.id == item_id).values(near_sought=True)
    session.execute(sought.execution_options(synchronize_session=False))
    if near_id is not None:
        session.execute(insert(Resemblance).values(item_id=item_id, decision_id=near_id))


def citing(session: Session, decision_id: UUID) -> list[tuple[UUID, int]]:
    """Items and lease numbers of the decisions that cite one and that stand."""
    query = select(Decision.item_id, Decision.lease_number).where(Decision.cited_id == decision_id, stands())
    return [(item_id, lease) for item_id, lease in session.execute(query.order_by(Decision.id))]


def _differing(
    one: InstrumentedAttribute[int | None] | InstrumentedAttribute[int], other: int
) -> ColumnElement[int]:
    return func.bit_count(cast(one.bitwise_xor(other), BIT(64)), type_=Integer())
