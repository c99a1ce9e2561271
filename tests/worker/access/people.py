"""Accounts for tests, each with a name of its own."""

from __future__ import annotations

from db.models.accounts import Role
from tests.worker.inbox import Sessions
from worker.access import accounts, tokens
from worker.clock import new_id

PASSWORD = "three brown foxes"


def fresh_name() -> str:
    """A name that no account has."""
    return f"ann-{new_id().hex}"


def account(
    sessions: Sessions,
    role: Role = Role.MODERATOR,
    password: str | None = PASSWORD,
    *,
    name: str | None = None,
) -> str:
    """A new account's name, by default a fresh one; a service gets no password."""
    name = name or fresh_name()
    with sessions.begin() as session:
        accounts.add(session, name, role, None if role is Role.SERVICE else password)
    return name


def bearer(sessions: Sessions, name: str, role: Role | None = None) -> dict[str, str]:
    """The header of requests with a new token of an account."""
    with sessions.begin() as session:
        return {"Authorization": f"Bearer {tokens.add(session, name, role=role).secret}"}
