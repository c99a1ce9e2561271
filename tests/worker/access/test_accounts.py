"""Accounts on real PostgreSQL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.accounts import Role
from db.queries import accounts as stored
from db.queries import reviewers
from db.queries.reviewers import Profile
from detector.reasons import Reason, Rejected
from tests.worker.access.people import PASSWORD, account, fresh_name
from tests.worker.inbox import Sessions
from worker.access import accounts, passwords


def test_an_account_is_found_by_its_name_in_any_case(sessions: Sessions) -> None:
    """Stored in lower case."""
    name = fresh_name()
    with sessions.begin() as session:
        made = accounts.add(
            session,
            f" {name.upper()} ",
            Role.SENIOR,
            PASSWORD,
        )
        assert accounts.known(session, name.title()) == made
    assert (made.name, made.role, made.enabled) == (name, Role.SENIOR, True)
    assert passwords.matches(PASSWORD, made.password_hash)


def test_a_name_is_given_once(sessions: Sessions) -> None:
    name = fresh_name()
    with sessions.begin() as session:
        accounts.add(session, name, Role.MODERATOR, PASSWORD)
        with pytest.raises(Rejected, match="choose another name"):
            accounts.add(session, name.upper(), Role.ADMIN, PASSWORD)
        assert accounts.known(session, name).role is Role.MODERATOR


@pytest.mark.parametrize("name", ["", "-ann", "ann bo", "änn", "a" * 101, "ann\x00"])
def test_a_malformed_name_is_refused(sessions: Sessions, name: str) -> None:
    """Before PostgreSQL has to."""
    with sessions() as session, pytest.raises(Rejected) as refused:
        accounts.add(session, name, Role.MODERATOR, PASSWORD)
    assert refused.value.reason is Reason.ACCOUNT_INVALID


def test_a_service_has_no_password(sessions: Sessions) -> None:
    """Neither at first, nor later, nor left over from another role."""
    name, other = fresh_name(), fresh_name()
    with sessions.begin() as session:
        with pytest.raises(Rejected, match="service"):
            accounts.add(session, name, Role.SERVICE, PASSWORD)
        accounts.add(session, name, Role.SERVICE, None)
        with pytest.raises(Rejected, match="service"):
            accounts.set_password(session, name, PASSWORD)
        accounts.add(session, other, Role.MODERATOR, PASSWORD)
        accounts.set_role(session, other, Role.SERVICE)
        assert accounts.known(session, other).password_hash is None


def test_a_disabled_account_keeps_the_moment_and_can_come_back(sessions: Sessions) -> None:
    name = fresh_name()
    with sessions.begin() as session:
        accounts.add(session, name, Role.MODERATOR, PASSWORD)
    with sessions.begin() as session:
        accounts.disable(session, name)
        first = accounts.known(session, name)
    with sessions.begin() as session:
        accounts.disable(session, name)
        assert accounts.known(session, name) == first
        assert not first.enabled
        accounts.enable(session, name)
        assert accounts.known(session, name).enabled


def test_an_unknown_account_is_not_found(sessions: Sessions) -> None:
    with sessions() as session, pytest.raises(Rejected, match="artgate accounts list") as refused:
        accounts.disable(session, fresh_name())
    assert refused.value.reason is Reason.NOT_FOUND


def test_a_person_has_a_pseudonym_that_stays_and_a_service_has_none(sessions: Sessions) -> None:
    """It is the one of the queue's reviewers, by which exports and the audit log know them."""
    name, program = account(sessions), account(sessions, Role.SERVICE)
    with sessions.begin() as session:
        first = reviewers.pseudonyms(session, [name, program])
        accounts.set_role(session, name, Role.AUDITOR)
        assert reviewers.pseudonyms(session, [name]) == first
    assert set(first) == {name}


def test_the_role_says_who_is_a_senior_to_the_queue(sessions: Sessions) -> None:
    """From the first moment, and whenever it changes; skills and languages stay."""
    name = account(sessions, Role.SENIOR)
    with sessions.begin() as session:
        assert reviewers.profile(session, name).senior
        reviewers.describe(session, Profile(name=name, skills=("manga",), senior=True))
        accounts.set_role(session, name, Role.MODERATOR)
        assert reviewers.profile(session, name) == Profile(name=name, skills=("manga",), senior=False)


@given(st.text(alphabet="abcXYZ019._@+- ", min_size=1, max_size=12))
def test_a_name_is_normal_at_once(name: str) -> None:
    """Normalising twice changes nothing more."""
    once = accounts.normal_name(name)
    assert accounts.normal_name(once) == once


def test_everyone_is_listed_by_name(sessions: Sessions) -> None:
    names = sorted(fresh_name() for _ in range(3))
    with sessions.begin() as session:
        for name in reversed(names):
            accounts.add(session, name, Role.AUDITOR, None)
        found = [account.name for account in stored.everyone(session) if account.name in names]
    assert found == names
