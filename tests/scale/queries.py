"""The named queries, each as the product asks it, with parameters drawn anew for each run."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from db.models import EventKind, WorkQueue
from db.queries import backfills, changes, claims, decided, effective, events, ordering, review, sweeps
from db.queries.attempts import AttemptLimits
from tests.scale.plan import (
    BUCKET,
    BUNDLE,
    CANDIDATE,
    REVIEWERS,
    SCHEMA,
    Plan,
    image_of,
    key_of,
    reviewer,
    waiting_event,
)
from worker.backfill.run import PAGE
from worker.clock import new_id

_LIMITS = AttemptLimits()
_BATCH = 500
"""Events that one transaction of the sweeper moves, by its setting's default."""
_CHANGES = 200
_SHOWN = 50
_COMPARED = 200
"""Decided vectors; the console compares with more, whose bytes would be all that is measured."""


class Draw:
    """Parameters at one size.

    Args:
        plan: of the run.
        size: pictures that there are.
        rng: draws.
    """

    def __init__(self, plan: Plan, size: int, rng: random.Random) -> None:
        self.plan, self.size, self.rng = plan, size, rng

    def picture(self, largest: int | None = None) -> int:
        """Number of a picture, of all or of the first ones."""
        return self.rng.randint(1, min(largest or self.size, self.size))


Query = Callable[[Session, Draw], object]


def _intake(session: Session, draw: Draw) -> None:
    """A later upload under a key that is known: it is stored, and put in order with the earlier one."""
    event = events.NewEvent(
        id=new_id(),
        identity=draw.rng.randbytes(32),
        system="aws",
        kind=EventKind.CREATED,
        bucket=BUCKET,
        key=key_of(draw.picture()),
        sequencer_rank=f"{draw.size + 1:064X}",
    )
    events.insert_events(session, [event])
    ordering.settle(session, [event.id], new_id)


def _claim(session: Session, draw: Draw) -> None:
    event = waiting_event(draw.rng.randint(1, draw.plan.waiting))
    claimed = claims.claim(session, event, holder="h", lease_seconds=60, limits=_LIMITS, new_id=new_id)
    assert claimed is not None, "it waits"


def _sweep(session: Session, draw: Draw) -> None:
    """One turn of the sweeper, with what it finds locked and put back."""
    lapsed = sweeps.lapse_leases(session, limit=_BATCH, limits=_LIMITS, new_id=new_id)
    due = sweeps.due_for_enqueue(session, limit=_BATCH, grace_seconds=0)
    late = sweeps.overdue(session, WorkQueue.SCAN, limit=_BATCH, deadline_seconds=60)
    counts = sweeps.queued_counts(session)
    assert lapsed.put_back == draw.plan.waiting // 50
    assert len(due) >= draw.plan.waiting // 5
    assert late
    assert counts[WorkQueue.SCAN] == draw.plan.waiting


def _next_item(session: Session, draw: Draw) -> None:
    asked = reviewer(draw.rng.randrange(REVIEWERS))
    assert review.claim_next(session, asked, lease_seconds=300) is not None, "some are open"


def _changes(session: Session, draw: Draw) -> None:
    """A page behind a cursor in the part whose messages have their real size."""
    after = 2 * draw.picture(draw.plan.wide) - 1
    assert changes.since(session, after, limit=_CHANGES)


def _history(session: Session, draw: Draw) -> None:
    key = key_of(draw.picture())
    assert effective.history(session, effective.pictures_of(BUCKET, key), before=None, limit=_SHOWN)
    assert events.history(session, BUCKET, key)


def _page(session: Session, draw: Draw) -> None:
    """A page somewhere in the part whose vectors have their real size; fewer are left at its very end."""
    after = image_of(draw.picture(draw.plan.wide))
    backfills.page(session, CANDIDATE, SCHEMA.id, after=after, limit=PAGE)


def _judged_page(session: Session, draw: Draw) -> None:
    """A page of a run whose bundle has judged all that lies ahead."""
    after = image_of(draw.picture(draw.plan.wide))
    backfills.page(session, BUNDLE, SCHEMA.id, after=after, limit=PAGE)


def _decided(session: Session, _: Draw) -> None:
    assert decided.newest(session, SCHEMA.id, limit=_COMPARED)


QUERIES: Mapping[str, Query] = {
    "intake": _intake,
    "claim": _claim,
    "sweep": _sweep,
    "next review item": _next_item,
    "changes since cursor": _changes,
    "image history": _history,
    "backfill page": _page,
    "backfill page, all judged": _judged_page,
    "newest decided vectors": _decided,
}
