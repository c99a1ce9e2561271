"""Erasures: what is to be forgotten, and how far that has come. ``db.queries.forgetting`` does the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import (
    TERMINAL,
    Appeal,
    Erasure,
    ErasureScope,
    ErasureState,
    Event,
    Image,
    ReviewItem,
)

ERASED = "erased"
"""In place of a name that was forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be forgotten: the members that its scope needs."""

    scope: ErasureScope
    image_id: UUID | None = None
    bucket: str | None = None
    key: str | None = None
    uploader: str | None = None

    def named(self) -> dict[str, str]:
        """As it is stored while the erasure runs."""
        given = {"bucket": self.bucket, "key": self.key, "uploader": self.uploader}
        image = {} if self.image_id is None else {"image_id": str(self.image_id)}
        return image | {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredErasure:
    """An erasure and what it has erased so far."""

    id: UUID
    scope: ErasureScope
    state: ErasureState
    erased: Mapping[str, int]
    created_at: datetime
    finished_at: datetime | None


def begin(session: Session, erasure_id: UUID, subject: Subject, *, asked_by: str) -> None:
    """Write down what is to be forgotten."""
    session.execute(
        insert(Erasure).values(id=erasure_id, scope=subject.scope, subject=subject.named(), asked_by=asked_by)
    )


def get(session: Session, erasure_id: UUID) -> StoredErasure | None:
    """One erasure; None where there is none of that id."""
    row = session.get(Erasure, erasure_id, populate_existing=True)
    return None if row is None else _stored(row)


def running(session: Session) -> UUID | None:
    """The oldest erasure that is not done."""
    query = select(Erasure.id).where(Erasure.state == ErasureState.RUNNING).order_by(Erasure.id).limit(1)
    return session.scalars(query).one_or_none()


def take(session: Session, erasure_id: UUID) -> Subject | None:
    """What an erasure is about, for this transaction alone; None where it is done, or another has it."""
    query = select(Erasure).where(Erasure.id == erasure_id, Erasure.state == ErasureState.RUNNING)
    row = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None or row.subject is None:
        return None
    named = row.subject
    image_id = UUID(named["image_id"]) if "image_id" in named else None
    return Subject(
        scope=row.scope,
        image_id=image_id,
        bucket=named.get("bucket"),
        key=named.get("key"),
        uploader=named.get("uploader"),
    )


def at_work(session: Session, subject: Subject) -> bool:
    """Whether an upload of the subject still waits for its scan, or is being scanned."""
    busy = select(Event.id).where(events_of(subject), Event.state.not_in(TERMINAL)).limit(1)
    return session.scalars(busy).one_or_none() is not None


def is_known(session: Session, subject: Subject) -> bool:
    """Whether there is anything of the subject."""
    image = select(Image.id).where(images_of(subject)).limit(1)
    event = select(Event.id).where(events_of(subject)).limit(1)
    if subject.uploader is None:
        any_of = [image, event]
    else:
        asked = select(Appeal.id).where(Appeal.appellant == subject.uploader).limit(1)
        named = select(ReviewItem.id).where(names_appellant(subject.uploader)).limit(1)
        any_of = [image, event, asked, named]
    return any(session.scalars(query).one_or_none() is not None for query in any_of)


def names_appellant(who: str) -> ColumnElement[bool]:
    """For the ``ReviewItem`` of a query: someone said that this person appeals it."""
    # The first is said for the planner: the partial index of appealed items covers just these.
    return and_(ReviewItem.appealed_by != [], ReviewItem.appealed_by.contains([who]))


def pictures(session: Session, subject: Subject, *, limit: int) -> list[UUID]:
    """Pictures of the subject that are not yet forgotten, locked."""
    query = select(Image.id).where(images_of(subject)).order_by(Image.id).limit(limit).with_for_update()
    return list(session.scalars(query))


def add_counts(session: Session, erasure_id: UUID, counts: Mapping[str, int]) -> None:
    """Add to what was erased."""
    row = session.get_one(Erasure, erasure_id, populate_existing=True)
    row.erased = {name: row.erased.get(name, 0) + counts.get(name, 0) for name in (*row.erased, *counts)}
    session.flush()


def finish(session: Session, erasure_id: UUID) -> None:
    """Close an erasure, which forgets what it was about."""
    done = {"state": ErasureState.DONE, "subject": None, "finished_at": db_now()}
    session.execute(update(Erasure).where(Erasure.id == erasure_id).values(**done))


def images_of(subject: Subject) -> ColumnElement[bool]:
    """For the ``Image`` of a query: it is the subject's, and not yet forgotten."""
    which = {
        ErasureScope.IMAGE: Image.id == subject.image_id,
        ErasureScope.OBJECT: and_(Image.bucket == subject.bucket, Image.key == subject.key),
        ErasureScope.UPLOADER: Image.uploader == subject.uploader,
    }[subject.scope]
    return and_(which, Image.erased_at.is_(None))


def events_of(subject: Subject) -> ColumnElement[bool]:
    """For the ``Event`` of a query: it is the subject's, and not yet forgotten."""
    return {
        ErasureScope.IMAGE: and_(Event.image_id == subject.image_id, Event.key.not_like(f"{ERASED}/%")),
        ErasureScope.OBJECT: and_(Event.bucket == subject.bucket, Event.key == subject.key),
        ErasureScope.UPLOADER: Event.uploader == subject.uploader,
    }[subject.scope]


def _stored(row: Erasure) -> StoredErasure:
    return StoredErasure(**{name: getattr(row, name) for name in StoredErasure.__dataclass_fields__})
