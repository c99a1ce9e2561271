"""Amazon EventBridge's form of S3 events.

Source: Amazon S3 User Guide, "EventBridge event message structure". Members are spelled otherwise than in
S3's own form (``etag``, ``version-id``), the key is as it is, and the sequencer is the same one.
"""

from __future__ import annotations

from worker.notifications import ranks
from worker.notifications.formats import Format, Inner, unrelated
from worker.notifications.members import LONGEST_BUCKET, LONGEST_KEY, Members
from worker.notifications.record import Kind, Record, System

_KINDS = {"Object Created": Kind.CREATED, "Object Deleted": Kind.REMOVED}


def _recognises(members: Members) -> bool:
    return members.has("detail-type", "detail")


def _read(members: Members, _inner: Inner) -> list[Record]:
    name, sent_as = members.text("detail-type"), members.maybe_text("id") or ""
    if members.word("source") not in {"", "aws.s3"}:
        return [unrelated(System.AWS_EVENTBRIDGE, sent_as, name)]
    kind, detail = _KINDS.get(name, Kind.OTHER), members.within("detail")
    if kind is Kind.OTHER and not isinstance(detail.values.get("bucket"), dict):
        return [unrelated(System.AWS_EVENTBRIDGE, sent_as, name)]  # an API call, told by CloudTrail
    return [_record(members, detail, kind, name)]


def _record(members: Members, detail: Members, kind: Kind, name: str) -> Record:
    about = detail.within("object") if kind is not Kind.OTHER else detail.maybe_within("object")
    about = about or Members({}, detail.where)
    sequencer = about.maybe_text("sequencer")
    asks = kind is not Kind.OTHER
    return Record(
        system=System.AWS_EVENTBRIDGE,
        order=System.AWS_S3,
        kind=kind,
        event_name=name,
        bucket=detail.within("bucket").text("name", LONGEST_BUCKET),
        key=about.key(encoded=False) if asks else about.maybe_text("key", longest=LONGEST_KEY),
        version_id=about.maybe_text("version-id"),
        etag=about.maybe_text("etag"),
        size=about.whole("size"),
        sequencer=sequencer,
        sequencer_rank=ranks.of_hexadecimal(sequencer),
        occurred_at=members.moment("time"),
        mark=sequencer or members.maybe_text("time", "id") or "",
    )


EVENTBRIDGE = Format(_recognises, _read)
