"""Browsers that are signed in, second factors, and attempts to sign in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class BrowserSession(Base):
    """A browser that is signed in. What its cookie says is nowhere: only its sha256."""

    __tablename__ = "browser_sessions"
    __table_args__ = (
        CheckConstraint("octet_length(digest) = 32", name="digest_sha256"),
        Index("ix_browser_sessions_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    digest: Mapped[bytes] = mapped_column(unique=True)
    second_factor: Mapped[bool]
    """A second factor was shown, here or to the identity provider."""
    last_seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    """To the minute: not every request is worth a write."""
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class SecondFactor(Base):
    """An account's authenticator (TOTP, RFC 6238)."""

    __tablename__ = "second_factors"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    secret: Mapped[str]
    """Base32. Codes are reckoned from it, so it can't be a hash."""
    confirmed_at: Mapped[datetime | None]
    """Null until a first code has shown that the authenticator has it."""
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Number of the 30 s whose code was last taken: no code is taken twice."""
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RecoveryCode(Base):
    """One use of an account without its authenticator."""

    __tablename__ = "recovery_codes"
    __table_args__ = (CheckConstraint("octet_length(digest) = 32", name="digest_sha256"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class SignInAttempts(Base):
    """Failed attempts in a row, under the name that was tried or from the address that tried."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 32", name="key_sha256"),
        Index("ix_sign_in_attempts_last_at", "last_at"),
    )

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256 of what is counted: people also type passwords into the field for the name."""
    failures: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime]
