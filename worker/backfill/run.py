"""One backfill, page by page: each page is one transaction that moves the cursor behind what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def begin(session: Session, bundle_id: str, total: int) -> StoredBackfill:
    """The run of a bundle that goes on, else a new one over ``total`` images."""
    running = backfills.running(session, bundle_id)
    if running is not None:
        return running
    try:
        with session.begin_nested():
            backfills.create(session, new_id(), bundle_id=bundle_id, queue=WorkQueue.RESCAN, total=total)
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
        The run as it stands then; None where it has ended, or another process is at its page.

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
        elif page.vectors:
            _write(session, run, page, judge.judge(session, page.vectors))
        else:
            backfills.checkpoint(session, run.id, cursor=page.last, scored=0, written=0)
        return backfills.get(session, run_id)


def cancel(session: Session, bundle_id: str) -> StoredBackfill | None:
    """End a bundle's run; what it wrote stays. None where none goes on."""
    running = backfills.running(session, bundle_id)
    if running is None or not backfills.finish(session, running.id, BackfillState.CANCELLED):
        return None
    return backfills.get(session, running.id)


def _write(session: Session, run: StoredBackfill, page: Page, judged: Judged) -> None:
    written = verdicts.store_many(session, judged.verdicts)
    whole = judged.last == page.vectors[-1].image_id
    backfills.checkpoint(
        session,
        run.id,
        cursor=page.last if whole and page.last is not None else judged.last,
        scored=judged.scored,
        written=len(written),
        skipped=len(judged.verdicts) - len(written),
        failed=judged.failed,
    )
