"""Google Cloud Storage: Pub/Sub notifications, Eventarc's CloudEvents, and the bare object resource.

Sources: Cloud Storage documentation, "Pub/Sub notifications" (attributes, payload formats);
google-cloudevents, ``google.cloud.storage.object.v1``. The name is as it is. There is no sequencer: the
generation, which is also the version, then the metageneration. A generation that was replaced is told as
OBJECT_DELETE too, with ``overwrittenByGeneration``: true of the generation, it says nothing of the name.
"""

from __future__ import annotations

import base64
import binascii

from detector.reasons import Rejected
from worker.notifications import ranks
from worker.notifications.formats import Format, Inner, unrelated, unwrapped
from worker.notifications.members import LONGEST_BUCKET, LONGEST_KEY, Members, loaded
from worker.notifications.record import Kind, Record, System

_RESOURCE = "storage#object"
_EVENTARC = "google.cloud.storage.object.v1."
_PUBLISHED = "google.cloud.pubsub.topic.v1.messagePublished"
_KINDS = {
    "OBJECT_FINALIZE": Kind.CREATED,
    "OBJECT_DELETE": Kind.REMOVED,
    "finalized": Kind.CREATED,
    "deleted": Kind.REMOVED,
}


def _is_pubsub(members: Members) -> bool:
    message = members.maybe_within("message")
    return message is not None and any(map(message.has, ("data", "attributes", "messageId", "message_id")))


def _read_pubsub(members: Members, inner: Inner) -> list[Record]:
    message = members.within("message")
    attributes = message.maybe_within("attributes") or Members({})
    data, message_id = _decoded(message.word("data")), message.maybe_text("messageId", "message_id") or ""
    if attributes.has("eventType", "bucketId"):
        return [_notified(attributes, data, message)]
    return unwrapped(System.GCS_PUBSUB, data, inner, where=f"{message.where}data.", message_id=message_id)


def _notified(attributes: Members, data: bytes, message: Members) -> Record:
    """What happened is in the attributes, the object in the data, unless the payload's format is NONE."""
    told = {
        "bucket": attributes.values.get("bucketId"),
        "name": attributes.values.get("objectId"),
        "generation": attributes.values.get("objectGeneration"),
    }
    try:
        resource = loaded(data)
    except Rejected:
        resource = {}
    known = told | (resource if isinstance(resource, dict) else {})
    name = attributes.text("eventType")
    return _record(
        System.GCS_PUBSUB, Members(known, f"{message.where}data."), name, _KINDS.get(name, Kind.OTHER)
    )


def _decoded(text: str) -> bytes:
    """Base64, in either alphabet; nothing where it is none."""
    try:
        return base64.b64decode(
            text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4), validate=True
        )
    except (ValueError, binascii.Error):
        return b""


def _is_eventarc(members: Members) -> bool:
    return members.has("specversion") and members.word("type").startswith("google.")


def _read_eventarc(members: Members, inner: Inner) -> list[Record]:
    name, sent_as = members.text("type"), members.maybe_text("id") or ""
    if name == _PUBLISHED and (published := members.maybe_within("data")) is not None:
        return inner(published.values, published.where)
    if not name.startswith(_EVENTARC):
        return [unrelated(System.GCS_EVENTARC, sent_as, name)]
    data = members.maybe_within("data")
    if data is None:
        body = loaded(_decoded(members.text("data_base64", longest=1 << 20)))
        data = Members(body if isinstance(body, dict) else {}, "data_base64.")
    kind = _KINDS.get(name.removeprefix(_EVENTARC), Kind.OTHER)
    return [_record(System.GCS_EVENTARC, data, name, kind)]


def _is_resource(members: Members) -> bool:
    return members.word("kind") == _RESOURCE


def _read_resource(members: Members, _inner: Inner) -> list[Record]:
    """The object alone, as push without an envelope posts it: only a deleted one has a time of deletion."""
    kind = Kind.REMOVED if members.has("timeDeleted") else Kind.CREATED
    return [_record(System.GCS_PUBSUB, members, None, kind)]


def _record(system: System, about: Members, name: str | None, kind: Kind) -> Record:
    generation, metageneration = about.whole("generation"), about.whole("metageneration")
    asks = kind is not Kind.OTHER
    return Record(
        system=system,
        order=System.GCS_PUBSUB,
        kind=kind,
        event_name=name,
        bucket=about.text("bucket", LONGEST_BUCKET),
        key=about.key("name", encoded=False) if asks else about.maybe_text("name", longest=LONGEST_KEY),
        version_id=None if generation is None else str(generation),
        etag=about.maybe_text("etag"),
        size=about.whole("size"),
        sequencer_rank=ranks.of_generation(generation, metageneration),
        occurred_at=about.moment("timeDeleted" if kind is Kind.REMOVED else "updated"),
        mark="" if metageneration is None else str(metageneration),
    )


PUBSUB = Format(_is_pubsub, _read_pubsub)
EVENTARC = Format(_is_eventarc, _read_eventarc)
RESOURCE = Format(_is_resource, _read_resource)
