"""Keys that processes of one installation share, so that each knows what another has signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class SharedKey(Base):
    """A random key. It guards what is short-lived and asked for by whoever is signed in, nothing else."""

    __tablename__ = "shared_keys"
    __table_args__ = (CheckConstraint("octet_length(value) = 32", name="value_length"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
