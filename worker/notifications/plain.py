"""artgate's own form, for platforms that tell of uploads themselves: ``{"bucket": ..., "key": ...}``.

Further members, all optional: ``version_id``, ``etag``, ``size``, ``sequencer`` (hexadecimal, growing with
each change of a key), ``time`` (ISO 8601), ``id`` (the sender's own id of the event), ``kind`` (``created``
unless said otherwise, or the name of an S3 event), ``uploader``, ``domain``. Others are passed over.
"""

from __future__ import annotations

from worker.notifications import ranks, s3
from worker.notifications.formats import Format, Inner
from worker.notifications.members import LONGEST_BUCKET, LONGEST_KEY, Members
from worker.notifications.record import Kind, Record, System

_LONGEST_NAME = 255


def _recognises(members: Members) -> bool:
    return members.has("bucket") or members.has("key")


def record_of(members: Members) -> Record:
    """The record that the members of one event make.

    Raises:
        Rejected: ``bad_event``: one is missing or broken.
    """
    name = members.maybe_text("kind", "event", "event_name", "eventName")
    kind = Kind.CREATED if name is None else _kind(name)
    sequencer = members.maybe_text("sequencer")
    asks = kind in {Kind.CREATED, Kind.REMOVED}
    return Record(
        system=System.PLAIN,
        order=System.PLAIN,
        kind=kind,
        event_name=name,
        bucket=members.text("bucket", LONGEST_BUCKET),
        key=members.key(encoded=False) if asks else members.maybe_text("key", longest=LONGEST_KEY),
        version_id=members.maybe_text("version_id", "versionId"),
        etag=members.maybe_text("etag", "eTag"),
        size=members.whole("size"),
        sequencer=sequencer,
        sequencer_rank=ranks.of_hexadecimal(sequencer),
        occurred_at=members.moment("time"),
        mark=members.maybe_text("id") or sequencer or members.maybe_text("time") or "",
        uploader=members.maybe_text("uploader", longest=_LONGEST_NAME),
        domain=members.maybe_text("domain", longest=_LONGEST_NAME),
    )


def _read(members: Members, _inner: Inner) -> list[Record]:
    return [record_of(members)]


def _kind(name: str) -> Kind:
    return Kind(name) if name in set(Kind) else s3.kind_of(name)


PLAIN = Format(_recognises, _read)
