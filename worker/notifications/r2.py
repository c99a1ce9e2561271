"""Cloudflare R2's event notifications, as its queues carry them.

Source: Cloudflare documentation, "Event notifications". No version and no sequencer: the order of two events
can't be told.
"""

from __future__ import annotations

from worker.notifications.formats import Format, Inner
from worker.notifications.members import LONGEST_BUCKET, Members
from worker.notifications.record import Kind, Record, System

_KINDS = {
    "PutObject": Kind.CREATED,
    "CopyObject": Kind.CREATED,
    "CompleteMultipartUpload": Kind.CREATED,
    "DeleteObject": Kind.REMOVED,
    "LifecycleDeletion": Kind.REMOVED,
}


def _recognises(members: Members) -> bool:
    return members.has("action", "bucket") and members.maybe_within("object") is not None


def _read(members: Members, _inner: Inner) -> list[Record]:
    action, about = members.text("action"), members.within("object")
    return [
        Record(
            system=System.R2,
            order=System.R2,
            kind=_KINDS.get(action, Kind.OTHER),
            event_name=action,
            bucket=members.text("bucket", LONGEST_BUCKET),
            key=about.key(encoded=False),
            etag=about.maybe_text("eTag", "etag"),
            size=about.whole("size"),
            occurred_at=members.moment("eventTime"),
            mark=members.maybe_text("eventTime") or "",
        )
    ]


R2 = Format(_recognises, _read)
