"""What a format is: how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from detector.reasons import Rejected
from worker.notifications.members import Members, loaded
from worker.notifications.record import Kind, Record, System

Inner = Callable[[object, str], list[Record]]
"""Reads a value that lies within the one at hand; the text says where it lies."""


class UnknownShapeError(Rejected):
    """No format recognises it."""


@dataclass(frozen=True, slots=True)
class Format:
    """One shape of JSON objects."""

    recognises: Callable[[Members], bool]
    """By members that no other shape has; looks no deeper than it must."""
    read: Callable[[Members, Inner], list[Record]]
    """The records of what was recognised; raises Rejected (``bad_event``) where it is broken."""


def unwrapped(system: System, payload: object, inner: Inner, *, where: str, message_id: str) -> list[Record]:
    """The records that an envelope carries, in the envelope's name.

    What it carries may have nothing to do with objects: then one record says that it came.

    Raises:
        Rejected: ``bad_event``: what it carries is known, and broken.
    """
    try:
        value = loaded(payload) if isinstance(payload, (str, bytes)) else payload
    except Rejected:  # prose, for one
        return [unrelated(system, message_id)]
    try:
        return [replace(record, system=system) for record in inner(value, where)]
    except UnknownShapeError:
        return [unrelated(system, message_id)]


def unrelated(system: System, message_id: str, event_name: str | None = None) -> Record:
    """A message that tells of no object."""
    return Record(system=system, order=system, kind=Kind.OTHER, event_name=event_name, mark=message_id)
