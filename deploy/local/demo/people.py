"""The demo's people: a moderator and a senior, who can sign in to its console."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from db.engine import make_engine, make_sessions
from db.models.accounts import Role
from deploy.local.demo.plan import MODERATOR, SENIOR
from worker.access import accounts
from worker.settings import Settings

_ROLES = {MODERATOR: Role.MODERATOR, SENIOR: Role.SENIOR}


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signs in, with what, and as what."""

    name: str
    role: Role
    password: str


def add_people(settings: Settings) -> list[Person]:
    """Make the accounts, each with a password that only this demo knows; the moderator comes first."""
    people = [Person(name=name, role=role, password=_password()) for name, role in _ROLES.items()]
    engine = make_engine(settings.database_url.get_secret_value(), application="artgate demo")
    try:
        with make_sessions(engine).begin() as session:
            for person in people:
                accounts.add(session, person.name, person.role, person.password)
    finally:
        engine.dispose()
    return people


def _password() -> str:
    """One that a double click selects as a whole."""
    return "".join(secrets.choice(_LETTERS) for _ in range(16))
