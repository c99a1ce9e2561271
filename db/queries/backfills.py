"""Backfills: pages of stored vectors that a bundle has not judged, and how far a run has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Backfill, BackfillState, Features, Image, Verdict
from db.queries.features import StoredVector


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBackfill:
    """A run as it stands."""

    id: UUID
    bundle_id: str
    queue: str
    state: BackfillState
    cursor: UUID | None
    total: int
    scored: int
    written: int
    skipped: int
    failed: int
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many images a bundle has judged, and could."""

    images: int
    """All of them."""
    matching: int
    """Those with a vector of the bundle's schema."""
    judged: int
    """Those with a verdict of the bundle."""
    pending: int
    """Those with a matching vector and without a verdict of the bundle."""


def create(session: Session, backfill_id: UUID, *, bundle_id: str, queue: str, total: int) -> None:
    """Begin a run. A bundle has one at a time: a second one breaks ``uq_backfills_running``."""
    session.execute(insert(Backfill).values(id=backfill_id, bundle_id=bundle_id, queue=queue, total=total))


def running(session: Session, bundle_id: str) -> StoredBackfill | None:
    """The unfinished run of a bundle, to be resumed at its cursor; None where there is none."""
    query = select(Backfill).where(Backfill.bundle_id == bundle_id, Backfill.state == BackfillState.RUNNING)
    return _one(session, query)


def get(session: Session, backfill_id: UUID) -> StoredBackfill | None:
    """One run; None where there is none of that id."""
    return _one(session, select(Backfill).where(Backfill.id == backfill_id))


def hold(session: Session, backfill_id: UUID) -> StoredBackfill | None:
    """A run that goes on, locked for one page's transaction.

    Returns:
        None where it has ended, or where another process is at its next page just now.
    """
    query = select(Backfill).where(Backfill.id == backfill_id, Backfill.state == BackfillState.RUNNING)
    return _one(session, query.with_for_update(skip_locked=True))


def recent(session: Session, *, limit: int = 10) -> list[StoredBackfill]:
    """The newest runs."""
    rows = session.scalars(select(Backfill).order_by(Backfill.created_at.desc()).limit(limit))
    return [_stored(backfill) for backfill in rows]


def pending(session: Session, bundle_id: str, schema_id: str) -> int:
    """How many images have a vector of ``schema_id`` and no verdict of the bundle. Reads them all."""
    images = _unjudged(bundle_id, schema_id).with_only_columns(func.count(Features.image_id.distinct()))
    return session.execute(images).scalar_one()


def coverage(session: Session, bundle_id: str, schema_id: str) -> Coverage:
    """How the stored images stand to a bundle. Reads all vectors and all its verdicts."""
    matching = select(Features.image_id).where(Features.schema_id == schema_id).distinct()
    judged = select(Verdict.image_id).where(Verdict.bundle_id == bundle_id)
    return Coverage(
        images=session.execute(select(func.count()).select_from(Image)).scalar_one(),
        matching=session.execute(select(func.count()).select_from(matching.subquery())).scalar_one(),
        judged=session.execute(select(func.count()).select_from(judged.subquery())).scalar_one(),
        pending=pending(session, bundle_id, schema_id),
    )


def page(
    session: Session, bundle_id: str, schema_id: str, *, after: UUID | None, limit: int
) -> list[StoredVector]:
    """The next vectors that the bundle has not judged: one an image, the newest, by image id."""
    names = StoredVector.__dataclass_fields__
    query = (
        _unjudged(bundle_id, schema_id, after)
        .with_only_columns(*(getattr(Features, name) for name in names))
        .ext(distinct_on(Features.image_id))
        .order_by(Features.image_id, Features.created_at.desc(), Features.id.desc())
        .limit(limit)
    )
    return [StoredVector(**row._mapping) for row in session.execute(query)]


def checkpoint(
    session: Session,
    backfill_id: UUID,
    *,
    cursor: UUID,
    scored: int,
    written: int,
    skipped: int = 0,
    failed: int = 0,
) -> bool:
    """Add a page's counts and move the cursor behind it, in the transaction that wrote its verdicts.

    Returns:
        False where the run is no longer running: it was cancelled, and the page must be rolled back.
    """
    return _change(
        session,
        backfill_id,
        cursor=cursor,
        scored=Backfill.scored + scored,
        written=Backfill.written + written,
        skipped=Backfill.skipped + skipped,
        failed=Backfill.failed + failed,
    )


def finish(session: Session, backfill_id: UUID, state: BackfillState) -> bool:
    """End a run as done, cancelled or failed. False where it had ended before."""
    return _change(session, backfill_id, state=state, finished_at=db_now())


def _unjudged(bundle_id: str, schema_id: str, after: UUID | None = None) -> Select[UUID]:
    judged = select(Verdict.id).where(Verdict.image_id == Features.image_id, Verdict.bundle_id == bundle_id)
    query = select(Features.id).where(Features.schema_id == schema_id)
    if after is not None:
        query = query.where(Features.image_id > after)
        judged = judged.where(Verdict.image_id > after)  # else a page reads all verdicts of those before it
    return query.where(~judged.exists())


def _change(session: Session, backfill_id: UUID, **values: Any) -> bool:
    changed = session.execute(
        update(Backfill)
        .where(Backfill.id == backfill_id, Backfill.state == BackfillState.RUNNING)
        .values(**values)
        .returning(Backfill.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


def _one(session: Session, query: Select[Backfill]) -> StoredBackfill | None:
    backfill = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return None if backfill is None else _stored(backfill)


def _stored(backfill: Backfill) -> StoredBackfill:
    return StoredBackfill(**{name: getattr(backfill, name) for name in StoredBackfill.__dataclass_fields__})
