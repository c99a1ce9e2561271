"""What the sweeper looks for: work that was committed and that no message will bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.base import db_after, db_now
from db.models import Event, EventState, WorkQueue
from db.queries._ids import NewId
from db.queries._leases import put_back
from db.queries.attempts import AttemptLimits, count_loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An event that needs a message."""

    id: UUID
    queue: WorkQueue
    trace: str | None
    """Where its trace goes on, if it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """What became of leases that had run out."""

    put_back: int
    """Events that ``due_for_enqueue`` will name."""
    dead: int
    """Events whose leases ran out once too often."""


def lapse_leases(session: Session, *, limit: int, limits: AttemptLimits, new_id: NewId) -> Lapsed:
    """Take back the claims whose leases have run out, at most ``limit``, oldest first."""
    events = session.scalars(
        select(Event)
        .where(Event.state == EventState.CLAIMED, Event.lease_until <= db_now())
        .order_by(Event.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    dead = 0
    # In the order of their subjects, as the outbox wants it of who adds several messages.
    for event in sorted(events, key=lambda event: (event.bucket or "", event.key or "")):
        if count_loss(session, event, limits, new_id):
            dead += 1
        else:
            put_back(session, event, delay_seconds=0, reason=event.reason, detail=event.detail)
    return Lapsed(put_back=len(events) - dead, dead=dead)


def due_for_enqueue(session: Session, *, limit: int, grace_seconds: float) -> list[Due]:
    """Events without a message: never enqueued, or put back and their time has come.

    Whoever took an event in enqueues it right after the commit, so new ones get ``grace_seconds``. The
    rows stay locked until the caller's transaction ends: publish, ``mark_queued``, commit.
    """
    ripe = or_(Event.lease_number > 0, Event.not_before <= db_after(-grace_seconds))
    return _take(session, _waiting(EventState.RECEIVED, Event.not_before).where(ripe).limit(limit))


def overdue(session: Session, queue: WorkQueue, *, limit: int, deadline_seconds: float) -> list[Due]:
    """Events that were enqueued over ``deadline_seconds`` ago and that nobody has claimed.

    Their messages may be lost, or the backlog long: enqueue them again only where the broker holds fewer
    messages than ``queued_counts`` says it should.
    """
    return _queued(session, queue, Event.queued_at <= db_after(-deadline_seconds), limit)


def moment(session: Session) -> datetime:
    """Now, by PostgreSQL's clock."""
    return session.execute(select(db_now())).scalar_one()


def queued_before(session: Session, queue: WorkQueue, *, limit: int, begun: datetime) -> list[Due]:
    """Events that were enqueued before a ``moment`` and that nobody has claimed: lost, in a wiped broker.

    What is enqueued again is younger, however long a statement is on its way.
    """
    return _queued(session, queue, Event.queued_at < begun, limit)


def _queued(session: Session, queue: WorkQueue, late: ColumnElement[bool], limit: int) -> list[Due]:
    waiting = _waiting(EventState.QUEUED, Event.queued_at).where(Event.queue == queue, late)
    return _take(session, waiting.limit(limit))


def queued_counts(session: Session) -> dict[WorkQueue, int]:
    """Events that are queued, for each queue: the messages that the broker should hold at least."""
    rows = session.execute(
        select(Event.queue, func.count()).where(Event.state == EventState.QUEUED).group_by(Event.queue)
    )
    counted = dict(rows.all())
    return {queue: counted.get(queue, 0) for queue in WorkQueue}


def upload_age(session: Session) -> float:
    """Seconds for which the oldest upload waits that a worker could have; 0 where none does."""
    queued = select(func.min(Event.queued_at)).where(
        Event.state == EventState.QUEUED, Event.queue == WorkQueue.SCAN
    )
    due = select(func.min(Event.not_before)).where(
        Event.state == EventState.RECEIVED, Event.queue == WorkQueue.SCAN, Event.not_before <= db_now()
    )
    since = func.least(queued.scalar_subquery(), due.scalar_subquery())
    age = func.extract("epoch", db_now() - since)
    return float(session.execute(select(func.greatest(0, func.coalesce(age, 0)))).scalar_one())


def _waiting(
    state: EventState, since: InstrumentedAttribute[object] | ColumnElement[object]
) -> Select[UUID, WorkQueue, str | None]:
    return (
        select(Event.id, Event.queue, Event.trace)
        .where(Event.state == state, Event.not_before <= db_now())
        .order_by(since, Event.id)
        .with_for_update(skip_locked=True)
    )


def _take(session: Session, query: Select[UUID, WorkQueue, str | None]) -> list[Due]:
    return [Due(id=event_id, queue=queue, trace=trace) for event_id, queue, trace in session.execute(query)]
