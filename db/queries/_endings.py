"""How work ends without a verdict: the row, what the platform is told, and the question to a person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Event, EventState, ItemKind, MessageKind
from db.queries import outbox, review
from db.queries._ids import NewId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why an event gets no verdict."""

    state: EventState
    """REFUSED where the object is at fault, DEAD where every attempt failed."""
    reason: str
    """Reason code."""
    detail: str
    """One public sentence."""
    review_priority: float | None = None
    """Priority of the review item; None where there is nothing a person could judge."""


def end_unjudged(session: Session, event: Event, ending: Ending, new_id: NewId) -> None:
    """End an event that the caller has locked."""
    event.state = ending.state
    event.reason = ending.reason
    event.detail = ending.detail
    event.lease_until = None
    event.finished_at = db_now()
    session.flush()
    if ending.review_priority is not None:
        review.open_item(
            session,
            review.NewItem(
                id=new_id(),
                kind=ItemKind.REFUSAL,
                event_id=event.id,
                image_id=event.image_id,
                priority=ending.review_priority,
                reason=ending.reason,
            ),
        )
    assert event.bucket is not None, "work names an object: a check constraint says so"
    assert event.key is not None, "work names an object: a check constraint says so"
    subject = outbox.subject_of(event.bucket, event.key)
    outbox.add(session, new_id(), subject, MessageKind.REFUSAL, _payload(event, ending))


def _payload(event: Event, ending: Ending) -> dict[str, str | None]:
    return {
        "event_id": str(event.id),
        "bucket": event.bucket,
        "key": event.key,
        "version_id": event.version_id,
        "etag": event.etag,
        "state": ending.state.value,
        "reason": ending.reason,
        "detail": ending.detail,
    }
