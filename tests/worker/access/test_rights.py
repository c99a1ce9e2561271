"""The worker's role of the database can do all that signing in needs."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.models.accounts import Role
from db.queries import browser_sessions, identities, sign_in_attempts
from tests.worker.access.people import account
from tests.worker.inbox import Sessions
from worker.access import accounts, second_factor, tokens
from worker.access.secret import digest, new_secret
from worker.access.sessions import begin, recognise
from worker.access.throttle import PER_NAME
from worker.clock import unix_now
from worker.settings import Settings


def test_the_workers_role_can_sign_people_in_and_out(sessions: Sessions, settings: Settings) -> None:
    """Which is what the hook does; of accounts and tokens it deletes none."""
    name = account(sessions, Role.ADMIN)
    with sessions.begin() as session:
        role = text(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'some_worker') THEN"
            " CREATE ROLE some_worker; END IF; END $$"
        )
        session.execute(role)
        session.execute(text("SELECT grant_worker('some_worker')"))
    with sessions() as session:
        session.execute(text("SET LOCAL ROLE some_worker"))
        owner = accounts.known(session, name)
        key = digest(name)
        assert sign_in_attempts.admit(session, key, PER_NAME) == 0
        sign_in_attempts.clear(session, key)
        begun = begin(session, owner, settings, second_factor=False, old=new_secret())
        secret = second_factor.offer(session, owner.id, name).secret
        assert second_factor.confirm(session, owner.id, pyotp.TOTP(secret).at(unix_now()))
        assert recognise(session, begun.secret, settings)
        assert browser_sessions.close_all(session, owner.id) == 1
        assert second_factor.remove(session, name)
        identities.begin(session, state=key, browser=key, nonce="n", verifier="v", valid_seconds=60)
        assert identities.take(session, state=key, browser=key)
        assert tokens.recognise(session, tokens.add(session, name).secret)
        for table in ("accounts", "api_tokens", "external_identities"):
            with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
                session.execute(text(f"DELETE FROM {table}"))
        session.rollback()
