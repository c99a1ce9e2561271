"""What PostgreSQL refuses of accounts and of what they get in with, whatever the code above it does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.models import (
    Account,
    ApiToken,
    BrowserSession,
    ExternalIdentity,
    OidcAttempt,
    RecoveryCode,
    Role,
    SignInAttempts,
)
from db.queries import accounts
from tests.db.factories import new_id

SHA256, SHORT = bytes(32), b"the secret itself"
NOW = text("now()")


@pytest.fixture
def owner(session: Session) -> UUID:
    """An account."""
    owner = new_id()
    accounts.add(session, owner, name="ada", role=Role.MODERATOR, password_hash=None)
    return owner


@pytest.mark.parametrize(
    ("table", "values", "constraint"),
    [
        (Account, {"id": new_id(), "name": "Ada", "role": "moderator"}, "ck_accounts_name_form"),
        (Account, {"id": new_id(), "name": "ada", "role": "moderator"}, "uq_accounts_name"),
        (
            Account,
            {"id": new_id(), "name": "bot", "role": "service", "password_hash": "x"},
            "ck_accounts_service_has_no_password",
        ),
        (ApiToken, {"id": new_id(), "label": "", "role": "senior", "digest": SHORT}, "digest_sha256"),
        (
            BrowserSession,
            {"id": new_id(), "digest": SHORT, "second_factor": True, "expires_at": NOW},
            "ck_browser_sessions_digest_sha256",
        ),
        (RecoveryCode, {"digest": SHORT}, "ck_recovery_codes_digest_sha256"),
        (
            SignInAttempts,
            {"key": b"ada", "failures": 1, "last_at": NOW, "blocked_until": NOW},
            "ck_sign_in_attempts_key_sha256",
        ),
        (
            OidcAttempt,
            {"state": SHA256, "browser": SHORT, "nonce": "n", "verifier": "v", "expires_at": NOW},
            "ck_oidc_attempts_digests_sha256",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_makes_no_sense_is_refused(
    session: Session, owner: UUID, table: Any, values: dict[str, Any], constraint: str
) -> None:
    """Above all a secret where its hash should be."""
    owned = {"account_id": owner} if "account_id" in table.__table__.columns else {}
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(insert(table.__table__).values(owned | values))


def test_a_role_that_there_is_not_is_refused(session: Session, owner: UUID) -> None:
    with pytest.raises(IntegrityError, match="ck_accounts_role"):
        session.execute(text("UPDATE accounts SET role = 'root'"))


def test_an_account_that_something_belongs_to_is_never_deleted(session: Session, owner: UUID) -> None:
    """Tokens and identities would lose who they are of."""
    session.execute(insert(ExternalIdentity).values(issuer="i", subject="s", account_id=owner))
    with pytest.raises(IntegrityError, match="fk_external_identities_account_id_accounts"):
        session.execute(text("DELETE FROM accounts"))
