"""Late and reordered events: what a later event of the same object makes of an earlier one.

Events of one object are ordered by ``sequencer_rank``, within one notification system. Where the order
can't be told, nothing is ended: a scan too many costs a second, a scan too few lets a picture by. A picture
with a version id outlives its successors, and a removal of another version, so only the removal of that
very version ends its work.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    Text,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session, aliased

from db.models import Event, EventKind, EventState, Image
from db.queries._endings import Ending, end_unjudged
from db.queries._ids import NewId

REMOVED = "removed"
SUPERSEDED = "superseded"

_DETAILS = {
    REMOVED: "The object was removed before it was scanned.",
    SUPERSEDED: "A newer picture was stored under the same key before this one was scanned.",
}
_WAITING = (EventState.RECEIVED, EventState.QUEUED)


def settle(session: Session, ids: Iterable[UUID], new_id: NewId) -> list[UUID]:
    """Bring new events and those of the same objects into order; call it after ``insert_events``.

    Work that has not begun and that a later event has made pointless is refused as ``removed`` or
    ``superseded`` and told to the platform; images whose removal came in are marked. Events that are
    claimed go on: what they find is noted when they finish.

    Returns:
        The ids of the events that were ended, which need no message.
    """
    arrived = list(ids)
    ended = [
        end_unjudged(session, event, overtaken_by(reason), new_id)
        for event, reason in session.execute(_overtaken(arrived)).all()
    ]
    note_removals(session, Event.id.in_(arrived))
    return ended


def overtaken_by(reason: str) -> Ending:
    """How an event ends that ``reason`` has made pointless."""
    return Ending(state=EventState.REFUSED, reason=reason, detail=_DETAILS[reason])


def overtaken_reason() -> ColumnElement[str | None]:
    """For the ``Event`` of a query: why a later event has made its work pointless; null where none has."""
    return case((_removed_later(), REMOVED), (_replaced_later(), SUPERSEDED), else_=null())


def note_removals(session: Session, removals: ColumnElement[bool]) -> None:
    """Mark the images that removal events name and that are not known to be newer than the removal."""
    newer = aliased(Event)
    known_newer = exists().where(
        newer.image_id == Image.id,
        newer.system == Event.system,
        newer.sequencer_rank > Event.sequencer_rank,
    )
    session.execute(
        update(Image)
        .where(
            removals,
            Event.kind == EventKind.REMOVED,
            Image.bucket == Event.bucket,
            Image.key == Event.key,
            _same_version(Image.version_id, Event.version_id),
            ~known_newer,
        )
        .values(removed_at=func.coalesce(Event.occurred_at, Event.received_at))
        .execution_options(synchronize_session=False)
    )


def note_removal_of(session: Session, event: Event) -> None:
    """Mark the image of a finished event where a later removal has come in while it was worked on."""
    # As literals: Python's None would turn the comparisons into IS NULL, and unknown is not equal.
    rank, version = literal(event.sequencer_rank, Text()), literal(event.version_id, Text())
    later = and_(Event.system == event.system, Event.sequencer_rank > rank)
    very_version = Event.version_id == version
    same_object = and_(Event.bucket == event.bucket, Event.key == event.key)
    note_removals(session, and_(same_object, or_(later, very_version)))


def _overtaken(arrived: list[UUID]) -> Any:
    """Waiting events of the objects that ``arrived`` touches, with the reason; locked in one order."""
    new = aliased(Event)
    objects = select(new.bucket, new.key).where(
        new.id.in_(arrived), new.kind.in_((EventKind.CREATED, EventKind.REMOVED))
    )
    reason = overtaken_reason()
    return (
        select(Event, reason)
        .where(
            tuple_(Event.bucket, Event.key).in_(objects),
            Event.kind == EventKind.CREATED,
            Event.state.in_(_WAITING),
            reason.is_not(None),
        )
        .order_by(Event.bucket, Event.key, Event.id)
        .with_for_update(of=Event)
        .execution_options(populate_existing=True)
    )


def _removed_later() -> Exists:
    later = aliased(Event)
    return exists().where(
        *_same_object(later),
        later.kind == EventKind.REMOVED,
        or_(
            and_(_after(later), _same_version(Event.version_id, later.version_id)),
            Event.version_id == later.version_id,
        ),
    )


def _replaced_later() -> Exists:
    later = aliased(Event)
    return exists().where(
        *_same_object(later), later.kind == EventKind.CREATED, _after(later), Event.version_id.is_(None)
    )


def _same_object(later: type[Event]) -> tuple[ColumnElement[bool], ...]:
    return later.bucket == Event.bucket, later.key == Event.key, later.id != Event.id


def _after(later: type[Event]) -> ColumnElement[bool]:
    return and_(later.system == Event.system, later.sequencer_rank > Event.sequencer_rank)


def _same_version(left: Any, right: Any) -> ColumnElement[bool]:
    """Not known to be two versions."""
    return or_(left.is_(None), right.is_(None), left == right)
