"""Backblaze B2's event notifications.

Source: Backblaze documentation, "Event Notifications Reference Guide". Every object has a version. A hide
marker is to B2 what a delete marker is to S3.
"""

from __future__ import annotations

from datetime import UTC, datetime

from worker.notifications.formats import Format, Inner
from worker.notifications.members import LONGEST_BUCKET, LONGEST_KEY, Members
from worker.notifications.record import Kind, Record, System

_KINDS = {
    "ObjectCreated": Kind.CREATED,
    "ObjectDeleted": Kind.REMOVED,
    "HideMarkerCreated": Kind.REMOVED,
    "TestEvent": Kind.TEST,
}


def _recognises(members: Members) -> bool:
    return members.word("eventType").startswith("b2:")


def _read(members: Members, _inner: Inner) -> list[Record]:
    name = members.text("eventType")
    kind = _KINDS.get(name.split(":")[1], Kind.OTHER)
    asks = kind in {Kind.CREATED, Kind.REMOVED}
    return [
        Record(
            system=System.B2,
            order=System.B2,
            kind=kind,
            event_name=name,
            bucket=members.text("bucketName", LONGEST_BUCKET)
            if asks
            else members.maybe_text("bucketName", longest=LONGEST_BUCKET),
            key=members.key("objectName", encoded=False)
            if asks
            else members.maybe_text("objectName", longest=LONGEST_KEY),
            version_id=members.maybe_text("objectVersionId"),
            size=members.whole("objectSize"),
            occurred_at=_moment(members.whole("eventTimestamp")),
            mark=members.maybe_text("eventId") or "",
        )
    ]


def _moment(milliseconds: int | None) -> datetime | None:
    try:
        return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


B2 = Format(_recognises, _read)
