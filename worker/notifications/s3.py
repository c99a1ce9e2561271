"""S3's own form, and those who write it too: MinIO, Ceph, Huawei OBS and others.

Source: Amazon S3 User Guide, "Event message structure" (eventVersion 2.x). A minor version adds members
and changes none, so the version is not looked at. Keys are form-urlencoded, by Ceph as they are. The
``Key`` that MinIO writes beside ``Records`` is in another form, and is read only where nothing else is there.
"""

from __future__ import annotations

import re

from worker.notifications import ranks
from worker.notifications.formats import Format, Inner
from worker.notifications.members import LONGEST_BUCKET, LONGEST_KEY, Members, checked
from worker.notifications.record import Kind, Record, System

_CREATED = ("ObjectCreated", "ObjectSynced:Create")
_REMOVED = (
    "ObjectRemoved",
    "LifecycleExpiration",
    "ObjectLifecycle:Expiration",
    "ObjectSynced:Delet",  # Delete and DeletionMarkerCreated
)
_ABORTED = "AbortMultipartUpload"
_HUAWEI_REQUEST = re.compile(r"[0-9A-F]{32}", re.ASCII)
_BY_SOURCE = {"aws": System.AWS_S3, "minio": System.MINIO, "ceph": System.CEPH, "": System.S3_STYLE}


def kind_of(event_name: str) -> Kind:
    """What an event's name says, with or without ``s3:`` before it."""
    name = event_name.removeprefix("s3:")
    if name.endswith(_ABORTED):
        return Kind.OTHER
    if name.startswith(_CREATED):
        return Kind.CREATED
    if name.startswith(_REMOVED):
        return Kind.REMOVED
    return Kind.TEST if name == "TestEvent" else Kind.OTHER


def _is_record(members: Members) -> bool:
    return members.maybe_within("s3") is not None or members.maybe_within("obs") is not None


def _read_record(members: Members, _inner: Inner) -> list[Record]:
    stored = members.within("obs" if members.has("obs") else "s3")
    bucket, event_name = stored.within("bucket"), members.text("eventName")
    system, kind = _system_of(members, bucket), kind_of(event_name)
    named = stored.within("object") if kind in {Kind.CREATED, Kind.REMOVED} or stored.has("object") else None
    about = named or Members({}, stored.where)
    sequencer = about.maybe_text("sequencer")
    return [
        Record(
            system=system,
            order=system,
            kind=kind,
            event_name=event_name,
            bucket=bucket.text("name", LONGEST_BUCKET),
            key=_key(about, kind, encoded=system is not System.CEPH),
            version_id=about.maybe_text("versionId"),
            etag=about.maybe_text("eTag", "etag"),
            size=about.whole("size"),
            sequencer=sequencer,
            sequencer_rank=_rank(system, sequencer),
            occurred_at=members.moment("eventTime"),
            mark=sequencer or members.maybe_text("eventTime") or "",
        )
    ]


def _key(about: Members, kind: Kind, *, encoded: bool) -> str | None:
    """The key, which only an event of a bucket may leave out."""
    if kind in {Kind.CREATED, Kind.REMOVED} or about.has("key"):
        return about.key(encoded=encoded)
    return None


def _rank(system: System, sequencer: str | None) -> str | None:
    return ranks.of_ceph(sequencer) if system is System.CEPH else ranks.of_hexadecimal(sequencer)


def _system_of(members: Members, bucket: Members) -> System:
    """Who wrote it: Huawei and others call themselves ``aws:s3`` but spell the owner's name otherwise."""
    if members.has("obs"):
        return System.HUAWEI_OBS
    system = _BY_SOURCE.get(members.word("eventSource").partition(":")[0], System.S3_COMPATIBLE)
    owner = bucket.maybe_within("ownerIdentity")
    if system is not System.AWS_S3 or owner is None or not owner.has("PrincipalId"):
        return system
    answer = members.maybe_within("responseElements") or Members({})
    huawei = _HUAWEI_REQUEST.fullmatch(answer.word("x-amz-request-id"))
    return System.HUAWEI_OBS if huawei else System.S3_COMPATIBLE


def _is_test(members: Members) -> bool:
    return members.word("Event") == "s3:TestEvent"


def _read_test(members: Members, _inner: Inner) -> list[Record]:
    """What S3 sends once, when notifications are set up: no ``Records``."""
    return [
        Record(
            system=System.AWS_S3,
            order=System.AWS_S3,
            kind=Kind.TEST,
            event_name=members.text("Event"),
            bucket=members.maybe_text("Bucket", longest=LONGEST_BUCKET),
            occurred_at=members.moment("Time"),
            mark=members.maybe_text("RequestId", "Time") or "",
        )
    ]


def _is_summary(members: Members) -> bool:
    return "/" in members.word("Key") and members.has("EventName")


def _read_summary(members: Members, _inner: Inner) -> list[Record]:
    """What MinIO writes beside its records, alone: ``bucket/key``, which is not encoded."""
    name = members.text("EventName")
    bucket, _, key = members.text("Key", LONGEST_BUCKET + 1 + LONGEST_KEY).partition("/")
    return [
        Record(
            system=System.MINIO,
            order=System.MINIO,
            kind=kind_of(name),
            event_name=name,
            bucket=checked(bucket, "Key", LONGEST_BUCKET),
            key=checked(key, "Key", LONGEST_KEY),
        )
    ]


SUMMARY = Format(_is_summary, _read_summary)
RECORD = Format(_is_record, _read_record)
TEST = Format(_is_test, _read_test)
