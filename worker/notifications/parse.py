"""From a body to its records: one list of formats, the first that recognises an object reads it."""

from __future__ import annotations

from detector.reasons import Reason
from worker.notifications import b2, envelopes, eventbridge, gcs, noted, plain, r2, s3
from worker.notifications.formats import Format, Inner, UnknownShapeError
from worker.notifications.members import Members, loaded, refusal
from worker.notifications.record import Record

EXPECTED = (
    "expected an upload event of S3 (Records), MinIO, Ceph, EventBridge, Google Cloud Storage, R2 or B2, "
    'also in SNS, SQS or Pub/Sub, or {"bucket": ..., "key": ...}, alone, in a list or as {"events": [...]}'
)
_BATCHES = ("Records", "events", "Event", "Messages", "messages", "receivedMessages")
_DEEPEST = 10
"""An S3 event in SNS in SQS, each with its list of records, lies six deep."""


def _batch(members: Members) -> tuple[str, list[object]] | None:
    """The member that holds a list of events, and the list; None where there is none."""
    for name in _BATCHES:
        value = members.values.get(name)
        if isinstance(value, list):
            return name, value
    return None


def _read_batch(members: Members, inner: Inner) -> list[Record]:
    found = _batch(members)
    assert found is not None, "a format reads what it has recognised"
    name, items = found
    if members.has("EventName"):
        items = [_named(item, members.values["EventName"]) for item in items]
    return inner(items, f"{members.where}{name}")


def _named(item: object, event_name: object) -> object:
    """A record with the name that MinIO writes beside the list, where it has none of its own."""
    return {"eventName": event_name, **item} if isinstance(item, dict) else item


FORMATS = (
    Format(lambda members: _batch(members) is not None, _read_batch),
    s3.RECORD,
    s3.TEST,
    s3.SUMMARY,
    envelopes.SNS,
    envelopes.SNS_RECORD,
    envelopes.SQS,
    envelopes.SMN,
    eventbridge.EVENTBRIDGE,
    gcs.PUBSUB,
    gcs.EVENTARC,
    gcs.RESOURCE,
    b2.B2,
    r2.R2,
    noted.AZURE,
    noted.ALIBABA,
    noted.SEAWEEDFS,
    plain.PLAIN,
)
"""The more particular first: artgate's own form would take much for its own."""


def parse(body: bytes) -> list[Record]:
    """The records of one request's body, in its order.

    Raises:
        Rejected: ``bad_event``: no JSON, no event that is known, or one that is broken. The message says
            where, and what was expected.
    """
    records = _read(loaded(body), "", 0)
    if not records:
        raise UnknownShapeError(Reason.BAD_EVENT, f"the body holds no event; {EXPECTED}")
    return records


def _read(value: object, where: str, depth: int) -> list[Record]:
    if depth > _DEEPEST:
        raise refusal("the body carries envelopes in envelopes beyond reason; expected at most three")

    def inner(value: object, where: str) -> list[Record]:
        return _read(value, where, depth + 1)

    if isinstance(value, list):
        return [record for n, item in enumerate(value) for record in inner(item, f"{where}[{n}].")]
    if isinstance(value, dict):
        members = Members(value, where)
        for known in FORMATS:
            if known.recognises(members):
                return known.read(members, inner)
    place = f"at {where.rstrip('.')} there" if where else "the body"
    raise UnknownShapeError(Reason.BAD_EVENT, f"{place} is no event that artgate knows; {EXPECTED}")
