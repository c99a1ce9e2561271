"""Feature vectors: stored once for each way of making them, read in pages by backfills."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from db.models import Features

_FEATURES = Features.metadata.tables["features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeatures:
    """A vector as it was scored."""

    id: UUID
    image_id: UUID
    schema_id: str
    backbone_id: str
    decode_version: int
    runtime: str
    precision: str
    values: bytes
    """``length`` little-endian float32."""
    replaced: bytes
    """One bit a value, packed as numpy's ``packbits`` does: 1 where the value was replaced."""
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVector:
    """A vector as it is stored."""

    id: UUID
    image_id: UUID
    schema_id: str
    decode_version: int
    runtime: str
    precision: str
    values: bytes
    replaced: bytes


def store(session: Session, features: NewFeatures) -> UUID:
    """The id of the row of this image, schema, decoder, runtime and precision, new or known.

    A known vector stays as it is: verdicts point at it.
    """
    made = session.execute(_storing(), asdict(features)).scalar_one_or_none()
    return (
        made
        or session.execute(
            select(Features.id).where(
                Features.image_id == features.image_id,
                Features.schema_id == features.schema_id,
                Features.decode_version == features.decode_version,
                Features.runtime == features.runtime,
                Features.precision == features.precision,
            )
        ).scalar_one()
    )


@cache
def _storing() -> ReturningInsert[UUID]:
    """Built once: it is run for every scan."""
    return insert(_FEATURES).on_conflict_do_nothing().returning(_FEATURES.c.id)


def latest(session: Session, image_id: UUID, schema_id: str) -> StoredVector | None:
    """The newest vector of an image in one schema; None where there is none."""
    features = session.scalars(
        select(Features)
        .where(Features.image_id == image_id, Features.schema_id == schema_id)
        .order_by(Features.created_at.desc(), Features.id.desc())
        .limit(1)
    ).one_or_none()
    return None if features is None else _stored(features)


def get(session: Session, features_id: UUID) -> StoredVector | None:
    """One vector; None where there is none of that id."""
    features = session.get(Features, features_id)
    return None if features is None else _stored(features)


def _stored(features: Features) -> StoredVector:
    return StoredVector(**{name: getattr(features, name) for name in StoredVector.__dataclass_fields__})
