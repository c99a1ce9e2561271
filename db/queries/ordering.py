"""Late and reordered events: what a later event of the same object makes of an earlier one.

Events of one object are ordered by ``sequencer_rank``, within one notification system. Where the order
can't be told, nothing is ended: a scan too many costs a second, a scan too few lets a picture by. A picture
with a version id outlives its successors, and a removal of another version, so only the removal of that
very version ends its work.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Exists,
    Select,
    Update,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
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
_LATER = aliased(Event, name="later")
_ARRIVED = bindparam("arrived", type_=ARRAY(Uuid()))
"""One array: a list of as many parameters takes longer to write down than to look up."""


def settle(session: Session, ids: Iterable[UUID], new_id: NewId) -> list[UUID]:
    """Bring new events and those of the same objects into order; call it after ``insert_events``.

    Work that has not begun and that a later event has made pointless is refused as ``removed`` or
    ``superseded`` and told to the platform; images whose removal came in are marked. Events that are
    claimed go on: what they find is noted when they finish.

    Returns:
        The ids of the events that were ended, which need no message.
    """
    arrived = {"arrived": list(ids)}
    overtaken = session.execute(_overtaken(), arrived).all()
    # In the order of their subjects, as the outbox wants it of who adds several messages.
    for event, reason in sorted(overtaken, key=lambda row: (row[0].bucket or "", row[0].key or "")):
        end_unjudged(session, event, overtaken_by(reason), new_id)
    session.execute(_noting_arrived(), arrived)
    return [event.id for event, _ in overtaken]


def overtaken_by(reason: str) -> Ending:
    """How an event ends that ``reason`` has made pointless."""
    return Ending(state=EventState.REFUSED, reason=reason, detail=_DETAILS[reason])


@cache
def overtaken_reason() -> ColumnElement[str]:
    """For the ``Event`` of a query: why a later event has made its work pointless; null where none has."""
    return case((_removed_later(), REMOVED), (_replaced_later(), SUPERSEDED), else_=null())


def note_removal_of(session: Session, event: Event) -> None:
    """Mark the image of a finished event where a later removal has come in while it was worked on."""
    session.execute(
        _noting_later(),
        {
            "of_bucket": event.bucket,
            "of_key": event.key,
            "of_version": event.version_id,
            "of_system": event.system,
            "of_rank": event.sequencer_rank,
        },
    )


# The statements below are built once: building one takes longer than PostgreSQL takes to run it.


@cache
def _overtaken() -> Select[Event, str]:
    """Waiting events of the objects that ``arrived`` touches, with the reason; locked in one order."""
    new = aliased(Event, name="new")
    objects = select(new.bucket, new.key).where(
        new.id == any_(_ARRIVED),
        new.kind.in_((EventKind.CREATED, EventKind.REMOVED)),
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


@cache
def _noting_arrived() -> Update:
    """Mark the images of the removals among ``arrived``."""
    return _noting(Event.id == any_(_ARRIVED))


@cache
def _noting_later() -> Update:
    """Mark the images of the removals of an object that are later than a given event of it."""
    after = and_(Event.system == bindparam("of_system"), Event.sequencer_rank > bindparam("of_rank"))
    very_version = Event.version_id == bindparam("of_version")
    same_object = and_(Event.bucket == bindparam("of_bucket"), Event.key == bindparam("of_key"))
    return _noting(and_(same_object, or_(after, very_version)))


def _noting(removals: ColumnElement[bool]) -> Update:
    """Mark the images that removal events name and that are not known to be newer than the removal."""
    newer = aliased(Event, name="newer")
    known_newer = exists().where(
        newer.image_id == Image.id,
        newer.system == Event.system,
        newer.sequencer_rank > Event.sequencer_rank,
    )
    return (
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


def _removed_later() -> Exists:
    return exists().where(
        *_same_object(),
        _LATER.kind == EventKind.REMOVED,
        or_(
            and_(_after(), _same_version(Event.version_id, _LATER.version_id)),
            Event.version_id == _LATER.version_id,
        ),
    )


def _replaced_later() -> Exists:
    return exists().where(
        *_same_object(), _LATER.kind == EventKind.CREATED, _after(), Event.version_id.is_(None)
    )


def _same_object() -> tuple[ColumnElement[bool], ...]:
    return _LATER.bucket == Event.bucket, _LATER.key == Event.key, _LATER.id != Event.id


def _after() -> ColumnElement[bool]:
    return and_(_LATER.system == Event.system, _LATER.sequencer_rank > Event.sequencer_rank)


def _same_version(left: Any, right: Any) -> ColumnElement[bool]:
    """Not known to be two versions."""
    return or_(left.is_(None), right.is_(None), left == right)
