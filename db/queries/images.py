"""Images: one row for each object version that was fetched and decoded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from db.models import Image

_IMAGES = Image.metadata.tables["images"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImage:
    """An object version as it was fetched."""

    id: UUID
    bucket: str
    key: str
    object_version: str
    """See ``object_version_of``."""
    version_id: str | None
    etag: str | None
    sha256: bytes
    """32 bytes, of the file."""
    size: int
    """Bytes of the file."""
    format: str
    width: int
    height: int
    perceptual_hash: int | None = None
    """64 bits, as a signed integer."""
    hash_contrast: float | None = None
    """Gray levels that the hash rests on."""
    uploader: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image as it is stored."""

    id: UUID
    bucket: str
    key: str
    object_version: str
    version_id: str | None
    etag: str | None
    sha256: bytes
    size: int
    format: str
    width: int
    height: int
    perceptual_hash: int | None
    uploader: str | None
    domain: str | None
    removed_at: datetime | None
    created_at: datetime
    erased_at: datetime | None = None


def object_version_of(version_id: str | None, etag: str | None, sha256: bytes) -> str:
    """What tells the versions of one key apart: the version id, else the ETag, else the content."""
    return version_id or etag or sha256.hex()


def upsert(session: Session, image: NewImage) -> UUID:
    """The id of the row of this object version, new or known.

    A known row keeps its facts; as the object was just read, it is no longer marked as removed.
    """
    return session.execute(_upserting(), asdict(image)).scalar_one()


@cache
def _upserting() -> ReturningInsert[UUID]:
    """Built once: it is run for every scan."""
    version = [_IMAGES.c.bucket, _IMAGES.c.key, _IMAGES.c.object_version]
    made = insert(_IMAGES).on_conflict_do_update(index_elements=version, set_={"removed_at": None})
    return made.returning(_IMAGES.c.id)


def find(session: Session, bucket: str, key: str) -> list[StoredImage]:
    """The versions of one object, newest first."""
    query = select(Image).where(Image.bucket == bucket, Image.key == key)
    rows = session.scalars(query.order_by(Image.created_at.desc(), Image.id.desc()))
    return [_stored(image) for image in rows]


def get(session: Session, image_id: UUID) -> StoredImage | None:
    """One image; None where there is none of that id."""
    image = session.get(Image, image_id)
    return None if image is None else _stored(image)


def domains_of(session: Session, image_ids: Collection[UUID]) -> dict[UUID, str]:
    """The domains of those images whose events stated one."""
    query = select(Image.id, Image.domain).where(
        Image.id == any_(bindparam(None, list(image_ids), type_=ARRAY(Uuid()))), Image.domain.is_not(None)
    )
    return {row.id: row.domain for row in session.execute(query)}


def _stored(image: Image) -> StoredImage:
    return StoredImage(**{name: getattr(image, name) for name in StoredImage.__dataclass_fields__})
