"""Events that carry nothing to tell two uploads of one key apart: which of them are the same.

Such an event is the one that came before, as long as that one waits for its scan, which will read what is
there then, and for a short while after it came, as senders try again. After that it is another: the object
may have been replaced, and a scan too many costs a second, a scan too few lets a picture by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ARRAY, Select, Text, and_, bindparam, column, func, or_, select
from sqlalchemy.orm import Session

from db.base import db_now
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
    places = {(bucket, key) for _, bucket, key in subjects}
    arguments = {
        "buckets": [bucket for bucket, _ in places],
        "keys": [key for _, key in places],
        "before": -fresh_seconds,
    }
    return {
        (row.kind, row.bucket, row.key): Precedent(identity=row.identity, same=row.same)
        for row in session.execute(_latest(), arguments)
    }


@cache
def _latest() -> Select[EventKind, str | None, str | None, bytes, bool]:
    """Places come as two arrays: as a list of pairs, a large batch is more than PostgreSQL parses."""
    arrays = (bindparam(name, type_=ARRAY(Text())) for name in ("buckets", "keys"))
    places = (
        func.unnest(*arrays)
        .table_valued(column("bucket", Text()), column("key", Text()), name="places")
        .render_derived()
    )
    newest_first = func.row_number().over(
        partition_by=(Event.kind, Event.bucket, Event.key),
        order_by=(Event.received_at.desc(), Event.id.desc()),
    )
    fresh = Event.received_at > db_now() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("before"))
    same = or_(Event.state.in_(_WAITING), fresh).label("same")
    ranked = (
        select(Event.kind, Event.bucket, Event.key, Event.identity, same, newest_first.label("n"))
        .join(places, and_(places.c.bucket == Event.bucket, places.c.key == Event.key))
        .where(
            Event.version_id.is_(None),
            Event.etag.is_(None),
            Event.sequencer.is_(None),
            Event.occurred_at.is_(None),
        )
        .subquery()
    )
    latest = ranked.c
    return select(latest.kind, latest.bucket, latest.key, latest.identity, latest.same).where(latest.n == 1)
