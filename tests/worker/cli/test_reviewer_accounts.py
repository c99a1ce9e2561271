"""``artgate reviewer`` beside accounts: the role says who is a senior."""

from __future__ import annotations

from db.models.accounts import Role
from db.queries import reviewers
from tests.worker.access.people import account
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions


def test_a_seniors_description_leaves_them_a_senior(artgate: Artgate, sessions: Sessions) -> None:
    """Nobody has to say it twice."""
    name = account(sessions, Role.SENIOR)
    assert artgate("reviewer", "set", name, "--skill", "manga").status == 0
    with sessions() as session:
        assert reviewers.profile(session, name).senior


def test_who_has_an_account_becomes_a_senior_by_their_role_alone(
    artgate: Artgate, sessions: Sessions
) -> None:
    """The refusal says how."""
    name = account(sessions, Role.MODERATOR)
    refused = artgate("reviewer", "set", name, "--senior")
    assert refused.status == 3
    assert f"artgate accounts role {name} senior" in refused.err
    artgate("accounts", "role", name, "senior")
    assert artgate("reviewer", "set", name, "--senior").status == 0
