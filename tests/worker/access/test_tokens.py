"""API tokens on real PostgreSQL."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from db.models import ApiToken
from db.models.accounts import Role
from db.queries import tokens as stored
from detector.reasons import Reason, Rejected
from tests.worker.access.people import account
from tests.worker.inbox import Sessions
from worker.access import accounts, tokens
from worker.access.actor import Actor
from worker.access.permissions import GRANTED, covers, may
from worker.clock import new_id, utc_now


def recognised(sessions: Sessions, secret: str) -> Actor | None:
    """Who acts with it, in a transaction of its own."""
    with sessions.begin() as session:
        return tokens.recognise(session, secret)


def test_a_token_acts_for_its_account(sessions: Sessions) -> None:
    """With the account's role where it has none of its own; of the secret, the hash alone is stored."""
    name = account(sessions, Role.SENIOR)
    with sessions.begin() as session:
        made = tokens.add(session, name, label="the nightly export")
        row = session.scalars(select(ApiToken).where(ApiToken.id == made.id)).one()
        assert made.secret.encode() not in row.digest
        account_id = accounts.known(session, name).id
    assert made.secret.startswith("agt_")
    assert recognised(sessions, made.secret) == Actor(name=name, role=Role.SENIOR, account_id=account_id)
    assert recognised(sessions, made.secret[:-1]) is None


def test_two_tokens_differ(sessions: Sessions) -> None:
    name = account(sessions)
    with sessions.begin() as session:
        assert tokens.add(session, name).secret != tokens.add(session, name).secret


def test_a_revoked_token_is_unknown(sessions: Sessions) -> None:
    """The moment of the first revocation stays."""
    name = account(sessions)
    with sessions.begin() as session:
        made = tokens.add(session, name)
    with sessions.begin() as session:
        tokens.revoke(session, made.id)
        (first,) = [each for each in stored.everything(session) if each.id == made.id]
    with sessions.begin() as session:
        tokens.revoke(session, made.id)
        (second,) = [each for each in stored.everything(session) if each.id == made.id]
    assert first == second
    assert not first.live
    assert recognised(sessions, made.secret) is None
    with sessions() as session, pytest.raises(Rejected, match="artgate tokens list"):
        tokens.revoke(session, new_id())


def test_a_token_ends_with_its_day(sessions: Sessions) -> None:
    """By PostgreSQL's clock."""
    name = account(sessions)
    with sessions.begin() as session:
        made = tokens.add(session, name, days=2)
        expires = session.execute(select(ApiToken.expires_at).where(ApiToken.id == made.id)).scalar_one()
    assert expires is not None
    assert timedelta(hours=47) < expires - utc_now() <= timedelta(hours=48, minutes=1)
    assert recognised(sessions, made.secret) is not None
    with sessions.begin() as session:
        session.execute(update(ApiToken).where(ApiToken.id == made.id).values(expires_at=text("now()")))
    assert recognised(sessions, made.secret) is None


def test_a_disabled_accounts_tokens_rest(sessions: Sessions) -> None:
    """And come back with it."""
    name = account(sessions)
    with sessions.begin() as session:
        made = tokens.add(session, name)
        accounts.disable(session, name)
        with pytest.raises(Rejected, match="disabled"):
            tokens.add(session, name)
    assert recognised(sessions, made.secret) is None
    with sessions.begin() as session:
        accounts.enable(session, name)
    assert recognised(sessions, made.secret) is not None


def test_the_last_use_is_kept_to_the_minute(sessions: Sessions) -> None:
    """A second use within it writes nothing."""
    name = account(sessions)
    with sessions.begin() as session:
        made = tokens.add(session, name)
    used = []
    for _ in range(2):
        recognised(sessions, made.secret)
        with sessions() as session:
            used.append(session.scalars(select(ApiToken).where(ApiToken.id == made.id)).one().last_used_at)
    assert used[0] is not None
    assert used[0] == used[1]


@pytest.mark.parametrize(("holds", "asks"), [*itertools.product(Role, Role)])
def test_a_token_has_the_role_of_its_account_or_one_below(
    sessions: Sessions, holds: Role, asks: Role
) -> None:
    """What is refused at first is also refused after the account has lost the role."""
    able = account(sessions, asks)
    with sessions.begin() as session:
        made = tokens.add(session, able)
        accounts.set_role(session, able, holds)
    actor = recognised(sessions, made.secret)
    assert (actor is not None) == covers(holds, asks)
    with sessions.begin() as session:
        if covers(holds, asks):
            assert tokens.add(session, able, role=asks).role is asks
        else:
            with pytest.raises(Rejected, match=f"can't have a token of role {asks}"):
                tokens.add(session, able, role=asks)


@pytest.mark.parametrize(("holds", "other"), [*itertools.product(Role, Role)])
def test_no_token_may_what_its_account_may_not(holds: Role, other: Role) -> None:
    """The table of covered roles fits the table of permissions."""
    if covers(holds, other):
        assert all(may(holds, permission) for permission in GRANTED if may(other, permission))


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 3651}, {"label": "x" * 101}, {"label": "a\nb"}])
def test_a_malformed_wish_is_refused(sessions: Sessions, wrong: dict[str, object]) -> None:
    name = account(sessions)
    with sessions() as session, pytest.raises(Rejected) as refused:
        tokens.add(session, name, **wrong)  # type: ignore[arg-type] # what the table above gives
    assert refused.value.reason is Reason.ACCOUNT_INVALID
