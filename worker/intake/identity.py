"""What makes two deliveries the same event.

Kind, bucket, key, the version (or the ETag, where there is none) and what marks the event among others of
that version: its sequencer, else its time or the sender's id. Not the way it came: the same event through a
queue and posted directly is one.
"""

from __future__ import annotations

import hashlib
import json

from worker.notifications import Kind, Record

_NO_VERSION = frozenset({None, "", "null"})
_OBJECTS = frozenset({Kind.CREATED, Kind.REMOVED})


def identity_of(record: Record) -> bytes:
    """32 bytes, the same for two deliveries of one event."""
    parts: list[str | None] = [record.kind, record.bucket, record.key, _version(record), record.mark]
    if record.kind not in _OBJECTS:
        parts += [record.system, record.event_name, record.version_id]
    return hashlib.sha256(json.dumps(parts).encode()).digest()


def next_identity(identity: bytes) -> bytes:
    """The identity of an event that looks like an earlier one and is another."""
    return hashlib.sha256(b"once more\n" + identity).digest()


def is_bare(record: Record) -> bool:
    """Whether an object's event carries nothing that tells it from the next one of its kind and key."""
    told = _version(record) or record.mark or record.occurred_at
    return record.kind in _OBJECTS and not told


def _version(record: Record) -> str | None:
    return record.etag or None if record.version_id in _NO_VERSION else record.version_id
