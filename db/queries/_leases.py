"""The fence of a claim, and the way back into the queue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import TERMINAL, Event, EventState


def claimable(event: Event, now: datetime) -> bool:
    """Work on it may begin, by what the database's clock said as the event was locked."""
    if event.state in TERMINAL:
        return False
    if event.state is EventState.CLAIMED:
        return event.lease_until is not None and event.lease_until <= now
    return event.not_before <= now


def holds(
    event_id: UUID | BindParameter[UUID], lease_number: int | BindParameter[int]
) -> tuple[ColumnElement[bool], ...]:
    """The claim of that number still holds; a lease that ran out does, until another takes over."""
    return Event.id == event_id, Event.lease_number == lease_number, Event.state == EventState.CLAIMED


def held(session: Session, event_id: UUID, lease_number: int) -> Event | None:
    """The event, locked; None where the claim does not hold it."""
    return session.execute(
        select(Event)
        .where(*holds(event_id, lease_number))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def put_back(
    session: Session, event: Event, *, delay_seconds: float, reason: str | None, detail: str | None
) -> None:
    """Let a locked event be claimed again after the delay; the sweeper enqueues it."""
    event.state = EventState.RECEIVED
    event.not_before = db_after(delay_seconds)
    event.lease_until = None
    event.queued_at = None
    event.reason = reason
    event.detail = detail
    session.flush()
