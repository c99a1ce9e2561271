"""Images: one row for each version of an object that was fetched and decoded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Image(Base):
    """One object version. ``sha256`` is of the bytes; an ETag is a version tag, never a content hash."""

    __tablename__ = "images"
    __table_args__ = (
        UniqueConstraint("bucket", "key", "object_version"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("size >= 0 AND width > 0 AND height > 0", name="size"),
        Index("ix_images_uploader", "uploader", "id", postgresql_where=text("uploader IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bucket: Mapped[str]
    key: Mapped[str]
    object_version: Mapped[str]
    """The version id where the bucket has versions, else the ETag, else the sha256 in hexadecimal."""
    version_id: Mapped[str | None]
    etag: Mapped[str | None]
    sha256: Mapped[bytes]
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the file."""
    format: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    perceptual_hash: Mapped[int | None] = mapped_column(BigInteger)
    hash_contrast: Mapped[float | None]
    """Gray levels that the hash rests on; hashes of flat pictures tell nothing."""
    uploader: Mapped[str | None]
    domain: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    """When a removal event said that the object is gone; null while it was last read or unknown."""
    erased_at: Mapped[datetime | None]
    """When what it shows and whose it is was forgotten; its counts stay."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
