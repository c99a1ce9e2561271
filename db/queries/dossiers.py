"""Everything that is known of one object, for whoever asks what happened to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from db.models import Decision, Event, HumanLabel, ItemKind, ItemState, Note, Retraction, ReviewItem, Stage
from db.queries import events, images, verdicts
from db.queries.events import Standing
from db.queries.images import StoredImage
from db.queries.verdicts import StoredVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledItem:
    """A review item in a dossier."""

    id: UUID
    kind: ItemKind
    state: ItemState
    reason: str | None
    claimed_by: str | None
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDecision:
    """What a person decided, and when."""

    item_id: UUID
    moderator: str
    label: HumanLabel
    stage: Stage
    note: str | None
    """None where nothing was written, or it was erased."""
    taken_back: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One object: its uploads, its versions and what was said of them, newest first."""

    bucket: str
    key: str
    events: list[Standing]
    images: list[StoredImage]
    """One for each version that was fetched and decoded."""
    verdicts: list[StoredVerdict]
    items: list[FiledItem]
    decisions: list[FiledDecision]

    @property
    def empty(self) -> bool:
        """True where nothing is known of such an object."""
        return not self.events and not self.images


def of_object(session: Session, bucket: str, key: str) -> Dossier:
    """The dossier of an object; an empty one where nothing is known of it."""
    uploads = events.history(session, bucket, key)
    versions = images.find(session, bucket, key)
    found = [verdict for image in versions for verdict in verdicts.of_image(session, image.id)]
    items = _items(session, [image.id for image in versions], [event.id for event in uploads])
    return Dossier(
        bucket=bucket,
        key=key,
        events=uploads,
        images=versions,
        verdicts=sorted(found, key=lambda verdict: verdict.created_at, reverse=True),
        items=items,
        decisions=_decisions(session, [item.id for item in items]),
    )


def object_of(session: Session, row_id: UUID) -> tuple[str, str] | None:
    """Bucket and key that an image's, an event's or a review item's id belongs to."""
    image = images.get(session, row_id)
    if image is not None:
        return image.bucket, image.key
    event = session.get(Event, row_id)
    if event is not None:
        return None if event.bucket is None or event.key is None else (event.bucket, event.key)
    item = session.get(ReviewItem, row_id)
    if item is None:
        return None
    behind = item.image_id or item.event_id
    return None if behind is None else object_of(session, behind)


def _items(session: Session, image_ids: Collection[UUID], event_ids: Collection[UUID]) -> list[FiledItem]:
    of_refusal = and_(ReviewItem.kind == ItemKind.REFUSAL, ReviewItem.event_id.in_(event_ids))
    query = (
        select(ReviewItem)
        .where(or_(ReviewItem.image_id.in_(image_ids), of_refusal))
        .order_by(ReviewItem.created_at.desc())
    )
    names = FiledItem.__dataclass_fields__
    return [FiledItem(**{name: getattr(item, name) for name in names}) for item in session.scalars(query)]


def _decisions(session: Session, item_ids: Collection[UUID]) -> list[FiledDecision]:
    query = (
        select(
            Decision.item_id,
            Decision.moderator,
            Decision.label,
            Decision.stage,
            func.coalesce(Note.body, Decision.note).label("note"),
            Retraction.decision_id.is_not(None).label("taken_back"),
            Decision.created_at,
        )
        .outerjoin(Note, Note.id == Decision.note_id)
        .outerjoin(Retraction, Retraction.decision_id == Decision.id)
        .where(Decision.item_id.in_(item_ids))
        .order_by(Decision.created_at.desc(), Decision.lease_number.desc())
    )
    return [FiledDecision(**row._mapping) for row in session.execute(query)]
