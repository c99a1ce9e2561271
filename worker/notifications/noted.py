"""Systems whose events are understood and only noted: their objects can't be fetched by the S3 protocol.

Azure Event Grid (its own schema and CloudEvents), Alibaba OSS, SeaweedFS' filer. Sources: Microsoft Learn,
"Azure Blob Storage as an Event Grid source"; Alibaba Cloud documentation, "OSS event notifications";
seaweedfs ``weed/notification/webhook``.
"""

from __future__ import annotations

import re

from worker.notifications.formats import Format, Inner
from worker.notifications.members import LONGEST_BUCKET, LONGEST_KEY, Members, checked
from worker.notifications.record import Kind, Record, System

_BLOB = re.compile(r"/blobServices/[^/]+/containers/([^/]+)/blobs/(.+)", re.DOTALL)


def _is_azure(members: Members) -> bool:
    return any(members.word(name).startswith("Microsoft.") for name in ("eventType", "type"))


def _read_azure(members: Members, _inner: Inner) -> list[Record]:
    """Container and blob are read from the subject; the URL may name another host."""
    data = members.maybe_within("data") or Members({})
    blob = _BLOB.fullmatch(members.word("subject"))
    container, name = blob.groups() if blob else (None, None)
    return [
        Record(
            system=System.AZURE,
            order=System.AZURE,
            kind=Kind.OTHER,
            event_name=members.maybe_text("eventType", "type"),
            bucket=None if container is None else checked(container, "subject", LONGEST_BUCKET),
            key=None if name is None else checked(name, "subject", LONGEST_KEY),
            etag=data.maybe_text("eTag"),
            size=data.whole("contentLength"),
            sequencer=data.maybe_text("sequencer"),
            occurred_at=members.moment("eventTime") or members.moment("time"),
            mark=members.maybe_text("id") or "",
        )
    ]


def _is_alibaba(members: Members) -> bool:
    return members.maybe_within("oss") is not None


def _read_alibaba(members: Members, _inner: Inner) -> list[Record]:
    stored = members.within("oss")
    bucket = stored.maybe_within("bucket") or Members({})
    about = stored.maybe_within("object") or Members({})
    return [
        Record(
            system=System.ALIBABA,
            order=System.ALIBABA,
            kind=Kind.OTHER,
            event_name=members.maybe_text("eventName"),
            bucket=bucket.maybe_text("name", longest=LONGEST_BUCKET),
            key=about.maybe_text("key", longest=LONGEST_KEY),
            version_id=about.maybe_text("versionId"),
            etag=about.maybe_text("eTag"),
            size=about.whole("size"),
            occurred_at=members.moment("eventTime"),
            mark=members.maybe_text("eventTime") or "",
        )
    ]


def _is_seaweedfs(members: Members) -> bool:
    path = members.word("key").startswith("/")
    return path and members.has("event_type") and not members.has("bucket")


def _read_seaweedfs(members: Members, _inner: Inner) -> list[Record]:
    """A path of the filer, which no bucket's name can be read from."""
    name = members.text("event_type")
    path = members.text("key", 4 * LONGEST_KEY)
    return [
        Record(system=System.SEAWEEDFS, order=System.SEAWEEDFS, kind=Kind.OTHER, event_name=name, mark=path)
    ]


AZURE = Format(_is_azure, _read_azure)
ALIBABA = Format(_is_alibaba, _read_alibaba)
SEAWEEDFS = Format(_is_seaweedfs, _read_seaweedfs)
