"""Appeals: filed once, never changed; where one stands is read from the item that it opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, insert, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import (
    Appeal,
    AppealEvidence,
    AppealOutcome,
    Decision,
    Event,
    EvidenceKind,
    HumanLabel,
    ItemKind,
    ItemState,
    Note,
    ReviewItem,
)
from db.queries.effective import settled_and_told

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppeal:
    """An appeal whose item is open for its round."""

    id: UUID
    item_id: UUID
    round: int
    against: str | None
    appellant: str
    statement_id: UUID | None
    filed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvidence:
    """An object that an appeal shows, as the storage has it."""

    id: UUID
    kind: EvidenceKind
    bucket: str
    key: str
    version_id: str | None
    etag: str | None
    sha256: bytes | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAppeal:
    """An appeal and what came of it, as far as the outside may know."""

    id: UUID
    item_id: UUID
    item_state: ItemState
    against: str | None
    appellant: str | None
    """None once it was erased."""
    due_at: datetime
    created_at: datetime
    label: HumanLabel | None
    """What was decided on it."""
    decided_at: datetime | None
    evidence: tuple[NewEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plea:
    """What an appeal says and shows: all of it that its reviewers may know."""

    statement: str | None
    evidence: tuple[NewEvidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The newest question about an object or a picture."""

    item_id: UUID
    state: ItemState
    round: int


def one_at_a_time(session: Session, appellant: str) -> None:
    """Let appeals of one person be filed one after the other, until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"appeals of {appellant}", 0))))


def filed_today(session: Session, appellant: str) -> int:
    """How many appeals a person has filed within 24 hours."""
    query = select(func.count()).select_from(Appeal)
    recent = Appeal.created_at > db_after(-_DAY_SECONDS)
    return session.scalars(query.where(Appeal.appellant == appellant, recent)).one()


def target_of_upload(session: Session, bucket: str, key: str) -> Target | None:
    """The newest item of an object's refused uploads, locked."""
    uploads = select(Event.id).where(Event.bucket == bucket, Event.key == key)
    return _target(session, (ReviewItem.kind == ItemKind.REFUSAL) & ReviewItem.event_id.in_(uploads))


def target_of_image(session: Session, image_id: UUID) -> Target | None:
    """The newest item of a picture, locked."""
    return _target(session, (ReviewItem.image_id == image_id) & ReviewItem.known_answer_id.is_(None))


def is_open(session: Session, item_id: UUID, appellant: str) -> bool:
    """Whether a person's appeal about an item still waits for its decision."""
    query = select(Appeal.id).where(Appeal.item_id == item_id, Appeal.appellant == appellant, ~_answered())
    return session.scalars(query.limit(1)).one_or_none() is not None


def told_label(session: Session, item_id: UUID) -> HumanLabel | None:
    """What was decided on an item, as far as the outside knows."""
    query = select(Decision.label).where(Decision.item_id == item_id, settled_and_told())
    return session.scalars(query.order_by(Decision.lease_number.desc()).limit(1)).one_or_none()


def add(
    session: Session, appeal: NewAppeal, evidence: Sequence[NewEvidence], *, deadline_seconds: float
) -> None:
    """Write an appeal with its evidence."""
    session.execute(insert(Appeal).values(**asdict(appeal), due_at=db_after(deadline_seconds)))
    if evidence:
        rows = [asdict(each) | {"appeal_id": appeal.id} for each in evidence]
        session.execute(insert(AppealEvidence), rows)


def get(session: Session, appeal_id: UUID) -> StoredAppeal | None:
    """One appeal; None where there is none of that id."""
    row = session.execute(
        select(Appeal, ReviewItem.state)
        .join(ReviewItem, ReviewItem.id == Appeal.item_id)
        .where(Appeal.id == appeal_id)
    ).one_or_none()
    if row is None:
        return None
    appeal, state = row
    answer = session.execute(_answers(appeal).limit(1)).one_or_none()
    return StoredAppeal(
        id=appeal.id,
        item_id=appeal.item_id,
        item_state=state,
        against=appeal.against,
        appellant=appeal.appellant,
        due_at=appeal.due_at,
        created_at=appeal.created_at,
        label=None if answer is None else answer.label,
        decided_at=None if answer is None else answer.created_at,
        evidence=_evidence(session, appeal_id),
    )


def outcomes(
    session: Session, item_id: UUID, round_: int, label: HumanLabel
) -> list[tuple[UUID, AppealOutcome]]:
    """What a label comes to for the appeals that one round of an item decides, oldest first."""
    filed = select(Appeal.id, Appeal.against).where(Appeal.item_id == item_id, Appeal.round == round_)
    return [
        (appeal_id, outcome_of(label, against))
        for appeal_id, against in session.execute(filed.order_by(Appeal.id))
    ]


def outcome_of(label: HumanLabel, against: str | None) -> AppealOutcome:
    """What came of an appeal against one label where another, or the same, was decided."""
    return AppealOutcome.UPHELD if label.value == against else AppealOutcome.OVERTURNED


def of_round(session: Session, item_id: UUID, round_: int) -> list[Plea]:
    """What the appeals say and show that one round of an item decides, oldest first."""
    query = (
        select(Appeal.id, Note.body)
        .outerjoin(Note, Note.id == Appeal.statement_id)
        .where(Appeal.item_id == item_id, Appeal.round == round_)
        .order_by(Appeal.id)
    )
    found = session.execute(query).all()
    return [Plea(statement=body, evidence=_evidence(session, appeal_id)) for appeal_id, body in found]


def _evidence(session: Session, appeal_id: UUID) -> tuple[NewEvidence, ...]:
    query = select(AppealEvidence).where(AppealEvidence.appeal_id == appeal_id).order_by(AppealEvidence.id)
    return tuple(
        NewEvidence(**{name: getattr(each, name) for name in NewEvidence.__dataclass_fields__})
        for each in session.scalars(query)
    )


def _answers(appeal: Appeal) -> Select[HumanLabel, datetime]:
    return (
        select(Decision.label, Decision.created_at)
        .where(Decision.item_id == appeal.item_id, Decision.round >= appeal.round, settled_and_told())
        .order_by(Decision.round, Decision.lease_number.desc())
    )


def _answered() -> ColumnElement[bool]:
    """For the ``Appeal`` of a query: its round, or a later one, has its decision."""
    return exists().where(
        Decision.item_id == Appeal.item_id, Decision.round >= Appeal.round, settled_and_told()
    )


def _target(session: Session, condition: ColumnElement[bool]) -> Target | None:
    query = select(ReviewItem.id, ReviewItem.state, ReviewItem.round).where(condition)
    newest = query.order_by(ReviewItem.created_at.desc(), ReviewItem.id.desc()).limit(1)
    row = session.execute(newest.with_for_update()).one_or_none()
    return None if row is None else Target(item_id=row.id, state=row.state, round=row.round)
