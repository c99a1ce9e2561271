"""One backfill, page by page: each page is one transaction that moves the cursor behind what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from db.models.backfills import BackfillState
from db.models.events import WorkQueue
from db.queries import backfills, verdicts
from db.queries.backfills import Page, StoredBackfill
from db.queries.features import StoredVector
from db.queries.verdicts import NewVerdict
from detector.reasons import Fault, Reason
from worker.backfill.remeasure import Measured
from worker.clock import new_id

PAGE = 500
"""Images of a page: few enough that a killed page costs a second, enough that a round trip costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a page's vectors came to; it may end before the page does, when time was up."""

    verdicts: Sequence[NewVerdict]
    last: UUID
    """Image of the last vector that was looked at."""
    scored: int
    failed: int
    """Vectors that can't be read: of another length than their schema says."""


class Judge(Protocol):
    """Gives stored vectors the verdicts of one bundle."""

    @property
    def bundle_id(self) -> str:
        """Id of the bundle."""

    @property
    def schema_id(self) -> str:
        """Schema of the vectors that it scores."""

    def judge(self, session: Session, vectors: Sequence[StoredVector]) -> Judged:
        """Judge vectors in their order; at least the first one.

        Raises:
            Transient: a picture that the veto needs can't be had just now; nothing of the page counts.
        """

    def remeasure(self, session: Session, image_ids: Sequence[UUID]) -> Measured:
        """Fetch and measure pictures in their order; at least the first one. Raises as ``judge`` does."""


def begin(session: Session, bundle_id: str, total: int, *, measures: bool = False) -> StoredBackfill:
    """The unfinished run of a bundle, else a new one over ``total`` images.

    Args:
        session: in a transaction.
        bundle_id: which bundle judges.
        total: images that a new run would judge.
        measures: a new run fetches and measures the pictures that have no vector of the bundle's schema.
    """
    running = backfills.running(session, bundle_id)
    if running is not None:
        return running
    try:
        with session.begin_nested():
            backfills.create(
                session,
                new_id(),
                bundle_id=bundle_id,
                queue=WorkQueue.RESCAN,
                total=total,
                measures=measures,
            )
    except IntegrityError:
        pass  # another process began it in this moment
    running = backfills.running(session, bundle_id)
    assert running is not None, "one of the two was made"
    return running


def step(
    sessions: sessionmaker[Session], run_id: UUID, judge: Judge, *, size: int = PAGE
) -> StoredBackfill | None:
    """Judge and write the next page of a run; where no image is left, end the run.

    Returns:
        The run as it stands then; None where it has ended or rests, or another process is at its page.

    Raises:
        Fault: ``bundle_incompatible``: the judge speaks for another bundle than the run.
        Transient: see ``Judge.judge``; the run stands where it stood.
    """
    with sessions.begin() as session:
        run = backfills.hold(session, run_id)
        if run is None:
            return None
        if run.bundle_id != judge.bundle_id:
            raise Fault(Reason.BUNDLE_INCOMPATIBLE, "this run belongs to another bundle than the one given")
        page = backfills.page(session, run.bundle_id, judge.schema_id, after=run.cursor, limit=size)
        if page.last is None:
            backfills.finish(session, run.id, BackfillState.DONE)
        else:
            _take(session, run, _whole(session, run, page, page.last, judge), judge)
        return backfills.get(session, run_id)


def pause(session: Session, bundle_id: str) -> StoredBackfill | None:
    """Let a bundle's run rest; the page at hand is finished. None where none goes on."""
    running = backfills.running(session, bundle_id)
    if running is None or not backfills.pause(session, running.id):
        return None
    return backfills.get(session, running.id)


def resume(session: Session, bundle_id: str) -> StoredBackfill | None:
    """Let a bundle's run go on where it rested. None where there is none."""
    running = backfills.running(session, bundle_id)
    if running is None or not backfills.resume(session, running.id):
        return None
    return backfills.get(session, running.id)


def cancel(session: Session, bundle_id: str) -> StoredBackfill | None:
    """End a bundle's run; what it wrote stays. None where none goes on."""
    running = backfills.running(session, bundle_id)
    if running is None or not backfills.finish(session, running.id, BackfillState.CANCELLED):
        return None
    return backfills.get(session, running.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A page with what was measured for it."""

    vectors: Sequence[StoredVector]
    last: UUID
    """Image that the cursor is moved to where all vectors are judged."""
    measured: int = 0
    gone: Sequence[UUID] = ()


def _whole(session: Session, run: StoredBackfill, page: Page, last: UUID, judge: Judge) -> _Work:
    """The page; in a run that measures, with the vectors that were missing, up to where time was up."""
    missing = (
        backfills.unmeasured(session, run.bundle_id, judge.schema_id, after=run.cursor, until=last)
        if run.measures
        else []
    )
    if not missing:
        return _Work(vectors=page.vectors, last=last)
    found = judge.remeasure(session, missing)
    last = last if found.last == missing[-1] else found.last
    stored = [vector for vector in page.vectors if vector.image_id <= last]
    vectors = sorted([*stored, *found.vectors], key=lambda vector: vector.image_id)
    return _Work(vectors=vectors, last=last, measured=len(found.vectors), gone=found.gone)


def _take(session: Session, run: StoredBackfill, work: _Work, judge: Judge) -> None:
    judged = _judged(session, work, judge)
    written = verdicts.store_many(session, judged.verdicts)
    backfills.checkpoint(
        session,
        run.id,
        cursor=judged.last,
        scored=judged.scored,
        written=len(written),
        skipped=len(judged.verdicts) - len(written),
        failed=judged.failed,
        measured=work.measured,
        gone=sum(image_id <= judged.last for image_id in work.gone),
    )


def _judged(session: Session, work: _Work, judge: Judge) -> Judged:
    """What the vectors came to; with all of them judged, all images of the page were looked at."""
    if not work.vectors:
        return Judged(verdicts=(), last=work.last, scored=0, failed=0)
    judged = judge.judge(session, work.vectors)
    return replace(judged, last=work.last) if judged.last == work.vectors[-1].image_id else judged
