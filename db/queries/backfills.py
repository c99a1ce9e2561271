"""Backfills: pages of stored vectors that a bundle has not judged, and how far a run has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, insert, select, true, update
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
    measures: bool
    measured: int
    gone: int
    created_at: datetime
    paused_at: datetime | None
    finished_at: datetime | None

    @property
    def goes_on(self) -> bool:
        """It has not ended and does not rest."""
        return self.state is BackfillState.RUNNING and self.paused_at is None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a run looks at in one transaction."""

    vectors: Sequence[StoredVector]
    """Those to be judged: one an image, the newest, by image id."""
    last: UUID | None
    """The last image that was looked at; None where none lies behind the cursor."""


def create(
    session: Session,
    backfill_id: UUID,
    *,
    bundle_id: str,
    queue: str,
    total: int,
    measures: bool = False,
) -> None:
    """Begin a run. A bundle has one at a time: a second one breaks ``uq_backfills_running``."""
    values = {"id": backfill_id, "bundle_id": bundle_id, "queue": queue, "total": total}
    session.execute(insert(Backfill).values(**values, measures=measures))


def running(session: Session, bundle_id: str) -> StoredBackfill | None:
    """The unfinished run of a bundle, which may rest; None where there is none."""
    query = select(Backfill).where(Backfill.bundle_id == bundle_id, Backfill.state == BackfillState.RUNNING)
    return _one(session, query)


def get(session: Session, backfill_id: UUID) -> StoredBackfill | None:
    """One run; None where there is none of that id."""
    return _one(session, select(Backfill).where(Backfill.id == backfill_id))


def hold(session: Session, backfill_id: UUID) -> StoredBackfill | None:
    """A run that goes on, locked for one page's transaction.

    Returns:
        None where it has ended or rests, or where another process is at its next page just now.
    """
    goes_on = (Backfill.state == BackfillState.RUNNING, Backfill.paused_at.is_(None))
    query = select(Backfill).where(Backfill.id == backfill_id, *goes_on)
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


def page(session: Session, bundle_id: str, schema_id: str, *, after: UUID | None, limit: int) -> Page:
    """The next ``limit`` images by their ids, and the vectors of those that the bundle has not judged.

    What it reads is bounded by ``limit``, however many images in a row are judged already or have vectors of
    another schema.
    """
    beyond = () if after is None else (Image.id > after,)
    window = select(Image.id).where(*beyond).order_by(Image.id).limit(limit).subquery("looked_at")
    newest = _newest_vector(window.c.id, schema_id)
    judged = select(Verdict.id).where(Verdict.image_id == Features.image_id, Verdict.bundle_id == bundle_id)
    vector = newest.where(~judged.exists()).lateral("vector")
    query = (
        select(window.c.id.label("looked_at"), *vector.c)
        .select_from(window.outerjoin(vector, true()))
        .order_by(window.c.id)
    )
    rows = session.execute(query).all()
    found = [_vector(row) for row in rows if row.id is not None]
    return Page(vectors=found, last=rows[-1].looked_at if rows else None)


def sample(session: Session, bundle_id: str, schema_id: str, *, limit: int) -> list[StoredVector]:
    """Vectors of images that the bundle has not judged, drawn by their ids' hashes: the same at each call.

    All of them where there are no more than ``limit``. Reads every vector's row.
    """
    drawn = (
        _unjudged(bundle_id, schema_id)
        .with_only_columns(Features.image_id)
        .group_by(Features.image_id)
        .order_by(func.uuid_hash_extended(Features.image_id, 0))
        .limit(limit)
        .subquery("drawn")
    )
    vector = _newest_vector(drawn.c.image_id, schema_id).lateral("vector")
    query = select(*vector.c).select_from(drawn.join(vector, true())).order_by(vector.c.image_id)
    return [_vector(row) for row in session.execute(query)]


def checkpoint(
    session: Session,
    backfill_id: UUID,
    *,
    cursor: UUID,
    scored: int,
    written: int,
    skipped: int = 0,
    failed: int = 0,
    measured: int = 0,
    gone: int = 0,
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
        measured=Backfill.measured + measured,
        gone=Backfill.gone + gone,
    )


def finish(session: Session, backfill_id: UUID, state: BackfillState) -> bool:
    """End a run as done, cancelled or failed. False where it had ended before."""
    return _change(session, backfill_id, state=state, finished_at=db_now(), paused_at=None)


def pause(session: Session, backfill_id: UUID) -> bool:
    """Let a run rest behind the page at hand. False where it has ended."""
    return _change(session, backfill_id, paused_at=func.coalesce(Backfill.paused_at, db_now()))


def resume(session: Session, backfill_id: UUID) -> bool:
    """Let a run go on at its cursor. False where it has ended."""
    return _change(session, backfill_id, paused_at=None)


def unmeasured(
    session: Session, bundle_id: str, schema_id: str, *, after: UUID | None, until: UUID
) -> list[UUID]:
    """Images behind ``after`` up to ``until`` without a vector of the schema or a verdict of the bundle.

    Images that were erased are left out: nothing may be known of them any more.
    """
    beyond = () if after is None else (Image.id > after,)
    query = select(Image.id).where(*beyond, Image.id <= until, *_without_vector(bundle_id, schema_id))
    return list(session.scalars(query.order_by(Image.id)))


def unmatched(session: Session, bundle_id: str, schema_id: str) -> int:
    """How many images ``unmeasured`` would name in all. Reads every image's row."""
    counted = select(func.count()).select_from(Image)
    return session.execute(counted.where(*_without_vector(bundle_id, schema_id))).scalar_one()


def unmatched_sample(session: Session, bundle_id: str, schema_id: str, *, limit: int) -> list[UUID]:
    """Some of the images that ``unmatched`` counts, drawn by their ids' hashes. Reads every image's row."""
    query = select(Image.id).where(*_without_vector(bundle_id, schema_id))
    return list(session.scalars(query.order_by(func.uuid_hash_extended(Image.id, 0)).limit(limit)))


def _unjudged(bundle_id: str, schema_id: str) -> Select[UUID]:
    judged = select(Verdict.id).where(Verdict.image_id == Features.image_id, Verdict.bundle_id == bundle_id)
    return select(Features.id).where(Features.schema_id == schema_id, ~judged.exists())


def _without_vector(bundle_id: str, schema_id: str) -> tuple[ColumnElement[bool], ...]:
    vector = select(Features.id).where(Features.image_id == Image.id, Features.schema_id == schema_id)
    judged = select(Verdict.id).where(Verdict.image_id == Image.id, Verdict.bundle_id == bundle_id)
    return Image.erased_at.is_(None), ~vector.exists(), ~judged.exists()


def _newest_vector(image_id: ColumnElement[UUID], schema_id: str) -> Select[Any]:
    """The newest vector of one image in a schema: looked up, image by image."""
    return (
        select(*(getattr(Features, name) for name in StoredVector.__dataclass_fields__))
        .where(Features.image_id == image_id, Features.schema_id == schema_id)
        .order_by(Features.created_at.desc(), Features.id.desc())
        .limit(1)
    )


def _vector(row: Row[Any]) -> StoredVector:
    return StoredVector(**{name: getattr(row, name) for name in StoredVector.__dataclass_fields__})


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
