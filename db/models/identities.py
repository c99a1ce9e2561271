"""Who an account is to an identity provider, and sign-ins that are under way there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ExternalIdentity(Base):
    """An account's name at an identity provider. Names there may change hands; subjects do not."""

    __tablename__ = "external_identities"
    __table_args__ = (Index("ix_external_identities_account_id", "account_id"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class OidcAttempt(Base):
    """A sign-in that a browser has begun and the provider has not answered yet."""

    __tablename__ = "oidc_attempts"
    __table_args__ = (
        CheckConstraint("octet_length(state) = 32 AND octet_length(browser) = 32", name="digests_sha256"),
        Index("ix_oidc_attempts_expires_at", "expires_at"),
    )

    state: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256 of what the provider sends back."""
    browser: Mapped[bytes]
    """sha256 of the cookie of the browser that began."""
    nonce: Mapped[str]
    """What the ID token must hold."""
    verifier: Mapped[str]
    """What proves to the provider who began (PKCE, RFC 7636)."""
    expires_at: Mapped[datetime]
