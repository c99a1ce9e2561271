"""Claims: the lease under which one process works on one event, and the five ways in which it ends.

``db.models.events`` draws the states. Each end but an orderly one is counted on its own and bounded by
``AttemptLimits``; the last one allowed makes the event ``dead``, with a message to the platform and an item
for a person, so that a file that can't be scanned is no way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from db.base import db_after, db_now
from db.models import Event, EventState, WorkQueue
from db.queries._endings import Ending, end_unjudged
from db.queries._ids import NewId
from db.queries._leases import claimable, held, holds, put_back
from db.queries.attempts import ATTEMPTS_EXHAUSTED, AttemptLimits, count_loss, dead
from db.queries.ordering import note_removal_of, overtaken_by, overtaken_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on one event until the lease ends, and what to work on."""

    event_id: UUID
    lease_number: int
    """What every later write of this claim must carry."""
    attempt: int
    """Claims of this event so far, this one included."""
    transient_failures: int
    """Attempts so far that storage or network spoilt: the exponent of the next delay."""
    bucket: str
    key: str
    version_id: str | None
    etag: str | None
    size: int | None
    uploader: str | None
    domain: str | None
    queue: WorkQueue
    received_at: datetime


def claim(
    session: Session,
    event_id: UUID,
    *,
    holder: str,
    lease_seconds: float,
    limits: AttemptLimits,
    new_id: NewId,
) -> Claim | None:
    """Claim an event; commit before the picture is touched, so that the attempt counts whatever follows.

    Args:
        session: in a transaction of its own.
        event_id: what the message named.
        holder: names this process for all time (host, start, pid); ``holder_died`` asks for it.
        lease_seconds: how long the claim holds; longer than the hard time limit.
        limits: a lapsed lease that is found here counts as a loss, and may be one too many.
        new_id: makes the ids of what a refusal adds.

    Returns:
        None where there is nothing to do: unknown, finished, claimed by another whose lease runs, not to
        be tried yet, overtaken by a later event, or dead by one loss too many (both written here).
    """
    found = session.execute(_locked(), {"event_id": event_id}).one_or_none()
    if found is None:
        return None
    event, now, overtaken = found
    if not claimable(event, now):
        return None
    if overtaken is not None:
        end_unjudged(session, event, overtaken_by(overtaken), new_id)
        return None
    if event.state is EventState.CLAIMED and count_loss(session, event, limits, new_id):
        return None
    return _take(session, event, holder, lease_seconds)


def finish(session: Session, event_id: UUID, lease_number: int, *, image_id: UUID) -> bool:
    """End a claim with a verdict: the event is done.

    Returns:
        False where the lease number no longer holds: another has taken over, and the caller must roll
        back what it wrote in this transaction.
    """
    given = {"of_event": event_id, "of_lease": lease_number, "its_image": image_id}
    event = session.execute(_finishing(), given).scalar_one_or_none()
    if event is None:
        return False
    note_removal_of(session, event)
    return True


def refuse(
    session: Session,
    event_id: UUID,
    lease_number: int,
    *,
    reason: str,
    detail: str,
    review_priority: float | None,
    new_id: NewId,
    image_id: UUID | None = None,
) -> bool:
    """End a claim without a verdict, for good, and tell the platform.

    Args:
        session: in the transaction that ends the claim.
        event_id: the claim's.
        lease_number: the claim's.
        reason: reason code.
        detail: one public sentence.
        review_priority: priority of the review item; None where no person could judge the file.
        new_id: makes the ids of the message and the item.
        image_id: the image, where the file could be decoded.

    Returns:
        False where the lease number no longer holds, as in ``finish``.
    """
    event = held(session, event_id, lease_number)
    if event is None:
        return False
    event.image_id = image_id
    ending = Ending(state=EventState.REFUSED, reason=reason, detail=detail, review_priority=review_priority)
    end_unjudged(session, event, ending, new_id)
    return True


def retry_later(
    session: Session,
    event_id: UUID,
    lease_number: int,
    *,
    delay_seconds: float,
    reason: str,
    detail: str,
    limits: AttemptLimits,
    new_id: NewId,
) -> EventState | None:
    """End a claim that storage or network spoilt; the sweeper enqueues it after the delay.

    The attempt does not count towards the deaths. One failure too many makes the event dead, with the
    reason of that failure.

    Returns:
        RECEIVED or DEAD; None where the lease number no longer holds.
    """
    event = held(session, event_id, lease_number)
    if event is None:
        return None
    event.transient_failures += 1
    if event.transient_failures >= limits.transients:
        end_unjudged(session, event, dead(reason, detail, limits), new_id)
    else:
        put_back(session, event, delay_seconds=delay_seconds, reason=reason, detail=detail)
    return event.state


def holder_died(
    session: Session,
    event_id: UUID,
    holder: str,
    *,
    reason: str,
    detail: str,
    limits: AttemptLimits,
    new_id: NewId,
) -> EventState | None:
    """End the claim of a child that its parent saw die (or killed for its time).

    One death too many makes the event dead as ``attempts_exhausted``; else it may be claimed at once.

    Returns:
        RECEIVED or DEAD; None where ``holder`` does not hold the event: it had not claimed it yet, or
        had ended its claim before it died.
    """
    event = session.execute(
        select(Event)
        .where(Event.id == event_id, Event.state == EventState.CLAIMED, Event.holder == holder)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if event is None:
        return None
    event.deaths += 1
    if event.deaths >= limits.deaths:
        said = f"The process that scanned it died {event.deaths} times; the last time: {detail}"
        end_unjudged(session, event, dead(ATTEMPTS_EXHAUSTED, said, limits), new_id)
    else:
        put_back(session, event, delay_seconds=0, reason=reason, detail=detail)
    return event.state


def give_back(
    session: Session,
    event_id: UUID,
    lease_number: int,
    *,
    delay_seconds: float = 0.0,
    reason: str | None = None,
    detail: str | None = None,
) -> bool:
    """End a claim that neither the event nor its storage has spoilt: nothing is held against the event.

    For an orderly shutdown, and (with a delay and a reason) for an installation that can't scan now.
    False as in ``finish``.
    """
    event = held(session, event_id, lease_number)
    if event is None:
        return False
    put_back(
        session,
        event,
        delay_seconds=delay_seconds,
        reason=reason or event.reason,
        detail=detail or event.detail,
    )
    return True


def lease_of(session: Session, event_id: UUID, holder: str) -> int | None:
    """The lease number under which ``holder`` holds the event; None where it does not.

    For the holder's parent, which ends the claim of a child that it has killed.
    """
    return session.execute(
        select(Event.lease_number).where(
            Event.id == event_id, Event.state == EventState.CLAIMED, Event.holder == holder
        )
    ).scalar_one_or_none()


def renew(session: Session, event_id: UUID, lease_number: int, *, lease_seconds: float) -> bool:
    """Let the lease end ``lease_seconds`` from now. False as in ``finish``."""
    renewed = session.execute(
        update(Event)
        .where(*holds(event_id, lease_number))
        .values(lease_until=db_after(lease_seconds))
        .returning(Event.id)
        .execution_options(synchronize_session=False)
    )
    return renewed.scalar_one_or_none() is not None


@cache
def _finishing() -> ReturningUpdate[Event]:
    """Built once: it is run for every scan."""
    finishing = (
        update(Event)
        .where(*holds(bindparam("of_event"), bindparam("of_lease")))
        .values(
            state=EventState.DONE,
            image_id=bindparam("its_image"),
            reason=None,
            detail=None,
            lease_until=None,
            finished_at=db_now(),
        )
    )
    return finishing.returning(Event).execution_options(synchronize_session=False, populate_existing=True)


@cache
def _locked() -> Select[Event, datetime, str | None]:
    """An event with the time and what has overtaken it; built once, for it is run for every message."""
    return (
        select(Event, db_now(), overtaken_reason())
        .where(Event.id == bindparam("event_id"))
        .with_for_update(of=Event)
        .execution_options(populate_existing=True)
    )


def _take(session: Session, event: Event, holder: str, lease_seconds: float) -> Claim:
    event.state = EventState.CLAIMED
    event.attempts += 1
    event.lease_number += 1
    event.holder = holder
    event.lease_until = db_after(lease_seconds)
    session.flush()
    assert event.bucket is not None, "work names an object: a check constraint says so"
    assert event.key is not None, "work names an object: a check constraint says so"
    return Claim(
        event_id=event.id,
        lease_number=event.lease_number,
        attempt=event.attempts,
        transient_failures=event.transient_failures,
        bucket=event.bucket,
        key=event.key,
        version_id=event.version_id,
        etag=event.etag,
        size=event.size,
        uploader=event.uploader,
        domain=event.domain,
        queue=event.queue,
        received_at=event.received_at,
    )
