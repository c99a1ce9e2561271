"""Where the object of a picture lies: one that became an image, was refused, or is shown by an appeal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import AppealEvidence, Event, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An object of the storage, pinned to one version."""

    bucket: str
    key: str
    version_id: str | None
    etag: str | None
    sha256: bytes | None = None
    """None where the file was never decoded, and where an appeal did not state it."""
    removed_at: datetime | None = None


def of_image(session: Session, image_id: UUID) -> Place | None:
    """The object of an image; None where there is none of that id."""
    names = ("bucket", "key", "version_id", "etag", "sha256", "removed_at")
    query = select(*(getattr(Image, name) for name in names)).where(Image.id == image_id)
    row = session.execute(query).one_or_none()
    return None if row is None else Place(**row._mapping)


def of_event(session: Session, event_id: UUID) -> Place | None:
    """The object of an upload event; None where there is no such event, or it names no object."""
    query = select(Event.bucket, Event.key, Event.version_id, Event.etag).where(
        Event.id == event_id, Event.bucket.is_not(None), Event.key.is_not(None)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Place(**row._mapping)


def of_evidence(session: Session, evidence_id: UUID) -> Place | None:
    """An object that an appeal shows, as it was then; None where there is none of that id."""
    names = ("bucket", "key", "version_id", "etag", "sha256")
    query = select(*(getattr(AppealEvidence, name) for name in names)).where(AppealEvidence.id == evidence_id)
    row = session.execute(query).one_or_none()
    return None if row is None else Place(**row._mapping)
