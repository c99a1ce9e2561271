"""Stored feature vectors: what was scored, so that any bundle of the same schema can score it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Features(Base):
    """One vector: ``length`` little-endian float32 and a packed mask of the values that were replaced.

    916 numbers are 3,664 + 115 bytes, so a million pictures are 4.3 GB with the row and its indexes.
    """

    __tablename__ = "features"
    __table_args__ = (
        UniqueConstraint(
            "image_id", "schema_id", "decode_version", "runtime", "precision", name="uq_features_vector"
        ),
        CheckConstraint("length > 0 AND octet_length(values) = 4 * length", name="values_length"),
        CheckConstraint("octet_length(replaced) = (length + 7) / 8", name="replaced_length"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    image_id: Mapped[UUID] = mapped_column(ForeignKey("images.id"))
    schema_id: Mapped[str]
    backbone_id: Mapped[str]
    decode_version: Mapped[int]
    runtime: Mapped[str]
    precision: Mapped[str]
    values: Mapped[bytes]
    replaced: Mapped[bytes]
    length: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
