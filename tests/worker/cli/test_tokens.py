"""``artgate tokens`` on real PostgreSQL."""

from __future__ import annotations

import pytest

from db.models.accounts import Role
from tests.worker.access.people import account, fresh_name
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions
from worker.access import tokens
from worker.clock import new_id

JSONL = ("--format", "jsonl")


def test_a_token_is_shown_once_listed_and_revoked(artgate: Artgate, sessions: Sessions) -> None:
    """The secret alone is on standard output, and nowhere afterwards."""
    name = account(sessions, Role.SENIOR)
    made = artgate("tokens", "add", name, "--role", "moderator", "--label", "export", "--days", 30)
    secret = made.out.removesuffix("\n")
    assert "shown this once" in made.err
    with sessions.begin() as session:
        actor = tokens.recognise(session, secret)
    assert actor is not None
    assert (actor.name, actor.role) == (name, Role.MODERATOR)
    listed = artgate("tokens", "list", *JSONL)
    (line,) = [line for line in listed.lines if line["account"] == name]
    assert (line["role"], line["label"], line["live"]) == ("moderator", "export", True)
    assert secret not in listed.out
    assert artgate("tokens", "revoke", line["id"]).out == f"token {line['id']} is revoked\n"
    (line,) = [line for line in artgate("tokens", "list", *JSONL).lines if line["account"] == name]
    assert line["live"] is False
    assert name in artgate("tokens", "list").out


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("add", "nobody"), 3, "[not_found]"),
        (("revoke", str(new_id())), 3, "[not_found]"),
        (("add", "ann", "--days", "0"), 2, ""),
        (("revoke", "nonsense"), 2, ""),
    ],
)
def test_a_mistake_is_one_sentence(artgate: Artgate, words: tuple[str, ...], status: int, says: str) -> None:
    refused = artgate("tokens", *words)
    assert (refused.status, refused.out) == (status, "")
    assert says in refused.err


def test_a_role_above_the_accounts_is_refused(artgate: Artgate, sessions: Sessions) -> None:
    refused = artgate("tokens", "add", account(sessions), "--role", "admin")
    assert refused.status == 3
    assert "can't have a token of role admin" in refused.err
    assert artgate("tokens", "add", fresh_name()).status == 3
