"""Events that carry nothing to tell two uploads of one key apart: which of them are the same.

Such an event is the one that came before, as long as that one waits for its scan, which will read what is
there then, and for a short while after it came, as senders try again. After that it is another: the object
may have been replaced, and a scan too many costs a second, a scan too few lets a picture by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, Text, bindparam, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Event, EventKind, EventState
from db.queries._arrays import given_rows

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
    asked = list(set(subjects))
    arguments = {
        "kinds": [kind.value for kind, _, _ in asked],
        "buckets": [bucket for _, bucket, _ in asked],
        "keys": [key for _, _, key in asked],
        "before": -fresh_seconds,
    }
    return {
        (EventKind(row.kind), row.bucket, row.key): Precedent(identity=row.identity, same=row.same)
        for row in session.execute(_latest(), arguments)
    }


@cache
def _latest() -> Select[str, str, str, bytes, bool]:
    """One look into the index for each subject, whatever the planner knows of the table."""
    given = given_rows({"kind": Text(), "bucket": Text(), "key": Text()})
    fresh = Event.received_at > db_now() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("before"))
    latest = (
        select(Event.identity, or_(Event.state.in_(_WAITING), fresh).label("same"))
        .where(
            Event.bucket == given.c.bucket,
            Event.key == given.c.key,
            Event.kind == type_coerce(given.c.kind, Event.kind.type),
            Event.version_id.is_(None),
            Event.etag.is_(None),
            Event.sequencer.is_(None),
            Event.occurred_at.is_(None),
        )
        .order_by(Event.received_at.desc(), Event.id.desc())
        .limit(1)
        .lateral("latest")
    )
    return select(*given.c, latest.c.identity, latest.c.same).join_from(given, latest, true())
