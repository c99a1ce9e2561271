"""Who asks, once it is known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from db.models.accounts import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one on whose account a request runs."""

    name: str
    """What claims and decisions stand under."""
    role: Role
    """What the request may do: a token's role may be less than its account's."""
    account_id: UUID | None
    """None for a token of the settings, which needs no account."""
    session_id: UUID | None = None
    """Of a browser that is signed in; None for a token."""
    pending: bool = False
    """The password was right, and a second factor is still to come."""
