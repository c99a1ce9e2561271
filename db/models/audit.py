"""The audit log: what happened to items, decisions, policies and reviewers, in a chain of hashes.

Triggers write the entries, in the statement that changes the row and with rights of their own: no code path,
of this release, the one before or a console, changes a row without one, and the worker's role can write none.
An entry holds ids, codes and salted digests; texts and names lie in rows that can be erased.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class AuditEntry(Base):
    """One change. Appended, never changed: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[UUID | None]
    """The item that it is about."""
    body: Mapped[dict[str, Any]]
    written_by: Mapped[str] = mapped_column(server_default=text("SESSION_USER"))
    """Role of the database that made the change."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class AuditPending(Base):
    """An entry that is not in the chain yet; ids, given out before commits, can't tell which those are."""

    __tablename__ = "audit_pending"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), primary_key=True)


class AuditLink(Base):
    """An entry's place in the chain. Appended, never changed, like entries."""

    __tablename__ = "audit_links"
    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("octet_length(hash) = 32", name="hash_length"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """1, 2, 3 and so on, without a gap."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), unique=True)
    hash: Mapped[bytes]
    """sha256 over the hash before, the number and the entry: see ``worker.audit.form``."""


class AuditHead(Base):
    """The end of the chain as it was once, signed with a key that is not in the database. Never changed."""

    __tablename__ = "audit_heads"

    number: Mapped[int] = mapped_column(
        ForeignKey("audit_links.number"), primary_key=True, autoincrement=False
    )
    hash: Mapped[bytes]
    key_id: Mapped[str]
    signature: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
