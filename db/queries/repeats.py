"""Events that carry nothing to tell two uploads of one key apart: which of them are the same.

Such an event is the one that came before, as long as that one waits for its scan, which will read what is
there then, and for a short while after it came, as senders try again. After that it is another: the object
may have been replaced, and a scan too many costs a second, a scan too few lets a picture by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Event, EventKind, EventState

Subject = tuple[EventKind, str, str]
"""Kind, bucket and key."""
_WAITING = (EventState.RECEIVED, EventState.QUEUED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """The latest event of a subject that carried nothing either."""

    identity: bytes
    same: bool
    """What comes now is this event once more."""


def precedents(
    session: Session, subjects: Iterable[Subject], *, fresh_seconds: float
) -> dict[Subject, Precedent]:
    """The latest bare event of each subject that has one."""
    bare = and_(
        tuple_(Event.bucket, Event.key).in_([(bucket, key) for _, bucket, key in subjects]),
        Event.version_id.is_(None),
        Event.etag.is_(None),
        Event.sequencer.is_(None),
        Event.occurred_at.is_(None),
    )
    newest_first = func.row_number().over(
        partition_by=(Event.kind, Event.bucket, Event.key),
        order_by=(Event.received_at.desc(), Event.id.desc()),
    )
    same = or_(Event.state.in_(_WAITING), Event.received_at > db_after(-fresh_seconds))
    ranked = (
        select(
            Event.kind, Event.bucket, Event.key, Event.identity, same.label("same"), newest_first.label("n")
        )
        .where(bare)
        .subquery()
    )
    query = select(ranked).where(ranked.c.n == 1)
    return {
        (row.kind, row.bucket, row.key): Precedent(identity=row.identity, same=row.same)
        for row in session.execute(query)
    }
