"""``artgate accounts`` on real PostgreSQL."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions
from worker.access import accounts, passwords
from worker.clock import new_id

JSONL = ("--format", "jsonl")


@pytest.fixture
def name() -> str:
    """A name that no account has."""
    return f"bo-{new_id().hex}"


def types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let this be standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def listed(artgate: Artgate, name: str) -> dict[str, Any]:
    """One account's line of the list."""
    return next(line for line in artgate("accounts", "list", *JSONL).lines if line["name"] == name)


def test_an_account_is_added_changed_and_disabled(
    artgate: Artgate, monkeypatch: pytest.MonkeyPatch, sessions: Sessions, name: str
) -> None:
    """What an operator types, in that order; the password comes from standard input."""
    types(monkeypatch, "three brown foxes\n")
    added = artgate("accounts", "add", name, "--role", "senior")
    assert added.out == f"account {name} added as senior\n"
    line = listed(artgate, name)
    assert (line["role"], line["state"], line["password"]) == ("senior", "enabled", "set")
    assert "hash" not in str(line)
    types(monkeypatch, "four yellow cats\r\n")
    assert artgate("accounts", "password", name).status == 0
    with sessions() as session:
        assert passwords.matches("four yellow cats", accounts.known(session, name).password_hash)
    artgate("accounts", "role", name, "auditor")
    artgate("accounts", "disable", name)
    after = listed(artgate, name)
    assert (after["role"], after["state"]) == ("auditor", "disabled")
    assert after["pseudonym"] == line["pseudonym"]
    assert artgate("accounts", "unenrol", name).out == f"account {name} had no authenticator\n"
    artgate("accounts", "enable", name)
    assert listed(artgate, name)["state"] == "enabled"
    assert name in artgate("accounts", "list").out


def test_a_service_is_asked_for_no_password(artgate: Artgate, name: str) -> None:
    assert artgate("accounts", "add", name, "--role", "service").status == 0
    assert listed(artgate, name)["password"] == "none"


@pytest.mark.parametrize(("typed", "says"), [("", "12 characters"), ("short\n", "12 characters")])
def test_a_bad_password_is_one_sentence_and_status_3(
    artgate: Artgate, monkeypatch: pytest.MonkeyPatch, name: str, typed: str, says: str
) -> None:
    """Also where standard input is empty; no account is left behind."""
    types(monkeypatch, typed)
    refused = artgate("accounts", "add", name)
    assert refused.status == 3
    assert says in refused.err
    assert refused.err.endswith("[account_invalid]\n")
    assert artgate("accounts", "disable", name).err.endswith("[not_found]\n")


def test_an_identity_is_linked_with_an_account(
    artgate: Artgate, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Of the provider that the settings name; without one it is said."""
    artgate("accounts", "add", name, "--no-password")
    assert artgate("accounts", "link", name, "of-bo").err.endswith("[account_invalid]\n")
    monkeypatch.setenv("ARTGATE_OIDC_ISSUER", "https://id.example")
    monkeypatch.setenv("ARTGATE_OIDC_CLIENT_ID", "artgate")
    monkeypatch.setenv("ARTGATE_OIDC_REDIRECT_URL", "https://moderation.example/v1/access/oidc/callback")
    monkeypatch.setenv("ARTGATE_OIDC_ROLES", '{"art-team": "moderator"}')
    linked = artgate("accounts", "link", name, "of-bo")
    assert linked.out == f"of-bo of https://id.example signs in as {name}\n"
    assert "linked with an account already" in artgate("accounts", "link", name, "of-bo").err
