"""What people look at, and what they decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class ItemKind(StrEnum):
    """Why a person is asked: about a verdict (it was unsure, or is appealed), or a file without one."""

    UNCERTAIN = "uncertain"
    REFUSAL = "refusal"


class ItemState(StrEnum):
    """Where an item stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class HumanLabel(StrEnum):
    """A person's three answers."""

    GENUINE = "GENUINE"
    SYNTHETIC = "SYNTHETIC"
    CANNOT_TELL = "CANNOT_TELL"


class Stage(StrEnum):
    """Whose opinion an item waits for, or a decision was."""

    FIRST = "first"
    SECOND = "second"
    """Of another reviewer, who is not told of the first."""
    SENIOR = "senior"


class Ground(StrEnum):
    """Why a person decided as they did."""

    PROCESS = "process"
    HANDWORK = "handwork"
    CAMERA = "camera"
    OFFERED_EVIDENCE = "offered_evidence"
    ANATOMY = "anatomy"
    LETTERING = "lettering"
    TEXTURE = "texture"
    LIGHT = "light"
    GENERATOR_TRACE = "generator_trace"
    STATED = "stated"
    TOO_POOR = "too_poor"
    EDITED = "edited"
    NO_SIGNS = "no_signs"


class ReviewItem(Base):
    """One question to a person. A claim is a lease, and its number must come with the decision."""

    __tablename__ = "review_items"
    __table_args__ = (
        one_of("kind", ItemKind),
        one_of("state", ItemState),
        one_of("stage", Stage),
        CheckConstraint("kind <> 'uncertain' OR verdict_id IS NOT NULL", name="uncertain_has_verdict"),
        CheckConstraint("kind <> 'refusal' OR event_id IS NOT NULL", name="refusal_has_event"),
        CheckConstraint(
            "state <> 'claimed' OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name="claim_has_lease",
        ),
        CheckConstraint("(state IN ('decided', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed_at"),
        Index("uq_review_items_refusal", "event_id", unique=True, postgresql_where=text("kind = 'refusal'")),
        Index(
            "ix_review_items_next",
            text("priority DESC"),
            "created_at",
            "id",
            postgresql_where=text("state IN ('open', 'claimed')"),
        ),
        Index("ix_review_items_image_id", "image_id"),
        Index(
            "uq_review_items_verdict_id",
            "verdict_id",
            unique=True,
            postgresql_where=text("known_answer_id IS NULL"),
        ),
        Index(
            "ix_review_items_known_answer_id",
            "known_answer_id",
            postgresql_where=text("known_answer_id IS NOT NULL"),
        ),
        Index("ix_review_items_closed_at", "closed_at", postgresql_where=text("state = 'decided'")),
        Index(
            "ix_review_items_appealed_by",
            "appealed_by",
            postgresql_using="gin",
            postgresql_where=text("appealed_by <> '{}'::text[]"),
        ),
        Index(
            "ix_review_items_near_sought", "id", postgresql_where=text("state = 'open' AND NOT near_sought")
        ),
        CheckConstraint("reach >= 0 AND reports >= 0", name="signals"),
        CheckConstraint("(assigned_to IS NULL) = (assigned_until IS NULL)", name="assignment_ends"),
        Index(
            "ix_review_items_routed_by",
            "routed_by",
            "id",
            postgresql_where=text("state IN ('open', 'claimed')"),
        ),
        Index("ix_review_items_claimed_by", "claimed_by", postgresql_where=text("state = 'claimed'")),
        Index(
            "ix_review_items_assigned_to",
            "assigned_to",
            postgresql_where=text("assigned_to IS NOT NULL AND state IN ('open', 'claimed')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id"))
    verdict_id: Mapped[UUID | None] = mapped_column(ForeignKey("verdicts.id"))
    known_answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("known_answers.id"))
    """Where the answer is known and the question is to the reviewer: nothing that they say is told."""
    near_sought: Mapped[bool] = mapped_column(server_default=text("false"))
    """Near-duplicates were sought that could have decided it."""
    measured: Mapped[bool] = mapped_column(server_default=text("false"))
    """Has a second opinion whatever the first was, so that the two say how far people agree."""
    kind: Mapped[ItemKind] = mapped_column(TextEnum(ItemKind))
    state: Mapped[ItemState] = mapped_column(TextEnum(ItemState), server_default=text("'open'"))
    stage: Mapped[Stage] = mapped_column(TextEnum(Stage), server_default=text("'first'"))
    round: Mapped[int] = mapped_column(server_default=text("1"))
    """Grows whenever a decided item is opened again: opinions of one round settle it together."""
    priority: Mapped[float]
    """Higher comes first. The policy's formula with the age in it, reckoned when an input changes: all items
    age alike, so their order is that of the numbers they were stored with."""
    queue: Mapped[str] = mapped_column(server_default=text("'main'"))
    """Name of a queue of the policy."""
    routed_by: Mapped[int | None]
    """Number of the policy that chose queue and priority; null until one has."""
    due_at: Mapped[datetime | None]
    """When the service level of its queue is missed."""
    language: Mapped[str | None]
    reach: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """How many have seen the picture, as the platform says."""
    reports: Mapped[int] = mapped_column(server_default=text("0"))
    """How many have reported it."""
    appealed_by: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    available_at: Mapped[datetime | None]
    """Nobody is offered it before: on hold, or waiting out an undo."""
    assigned_to: Mapped[str | None]
    """Until ``assigned_until`` it is offered to this reviewer alone."""
    assigned_until: Mapped[datetime | None]
    lease_number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    reopened_at: Mapped[datetime | None]
    """When its present round began, where that is not the first."""
    asked_again: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{}'"))
    """Rounds that nobody's appeal began: a decision that the one before had cited was overturned."""
    closed_at: Mapped[datetime | None]


class Decision(Base):
    """What a person decided. Appended, never changed: a trigger refuses UPDATE, DELETE and TRUNCATE.

    The item's decision is the latest one that settles it and that was not taken back.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        one_of("label", HumanLabel),
        one_of("stage", Stage),
        UniqueConstraint("item_id", "lease_number"),
        Index("ix_decisions_image_id", "image_id"),
        Index("ix_decisions_created_at", "created_at"),
        CheckConstraint(
            "NOT automatic OR (label = 'GENUINE' AND cited_id IS NOT NULL)", name="automatic_only_clears"
        ),
        one_of("ground", Ground),
        Index("ix_decisions_moderator", "moderator", "created_at"),
        Index("ix_decisions_cited_id", "cited_id", postgresql_where=text("cited_id IS NOT NULL")),
        Index("ix_decisions_later_rounds", "told_from", postgresql_where=text("round > 1 AND settles")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("review_items.id"))
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id"))
    moderator: Mapped[str]
    label: Mapped[HumanLabel] = mapped_column(TextEnum(HumanLabel))
    stage: Mapped[Stage] = mapped_column(TextEnum(Stage), server_default=text("'first'"))
    round: Mapped[int] = mapped_column(server_default=text("1"))
    settles: Mapped[bool] = mapped_column(server_default=text("true"))
    """With it the item is decided; else another opinion is needed."""
    told_from: Mapped[datetime | None]
    """When the outside may know of it, where it settles the item; null for at once."""
    cited_id: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"))
    """The decision on a near-duplicate that this one repeats."""
    automatic: Mapped[bool] = mapped_column(server_default=text("false"))
    """Made without a person, which can only clear a picture."""
    ground: Mapped[Ground | None] = mapped_column(TextEnum(Ground))
    """Null where none was given."""
    note: Mapped[str | None]
    """As the first release stored it; later ones write ``note_id``."""
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("notes.id"))
    lease_number: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Retraction(Base):
    """A decision that was taken back by who made it. Appended, never changed, like decisions."""

    __tablename__ = "retractions"

    decision_id: Mapped[UUID] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    reviewer: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
