"""Events that are refused as they come in, beside others of their batch that are taken."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Event, EventState
from db.queries._endings import Ending, end_unjudged
from db.queries._ids import NewId


def refuse_arrived(session: Session, refusals: dict[bytes, tuple[str, str]], new_id: NewId) -> None:
    """Refuse events that this transaction has inserted, and tell the platform of each.

    Args:
        session: in the transaction that inserted them.
        refusals: reason and sentence by identity.
        new_id: makes the ids of the messages.
    """
    arrived = select(Event).where(Event.identity.in_(refusals)).order_by(Event.bucket, Event.key, Event.id)
    for event in session.execute(arrived).scalars():
        reason, detail = refusals[event.identity]
        end_unjudged(session, event, Ending(state=EventState.REFUSED, reason=reason, detail=detail), new_id)
