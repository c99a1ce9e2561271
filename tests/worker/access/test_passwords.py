"""Passwords: what is accepted, how it is stored, and when it is stored anew."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from detector.reasons import Reason, Rejected
from worker.access import passwords

GOOD = "three brown foxes"


def test_a_password_is_stored_as_argon2id_with_todays_parameters() -> None:
    """And it alone matches."""
    stored = passwords.hash_password(GOOD)
    parameters = extract_parameters(stored)
    assert (parameters.type, parameters.time_cost) == (Type.ID, passwords.PASSES)
    assert (parameters.memory_cost, parameters.parallelism) == (passwords.MEMORY_KIB, passwords.LANES)
    assert passwords.matches(GOOD, stored)
    assert not passwords.matches(GOOD + " ", stored)
    assert not passwords.is_outdated(stored)


def test_nothing_matches_where_nothing_is_stored() -> None:
    """Neither a guess nor what the stand-in was made of, nor a hash that is none."""
    assert not passwords.matches(GOOD, None)
    assert not passwords.matches("\0", None)
    assert not passwords.matches(GOOD, "no hash")


def test_a_hash_of_other_parameters_is_outdated_and_still_matches() -> None:
    """Nobody is locked out by a change of the parameters."""
    old = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    assert passwords.matches(GOOD, old)
    assert passwords.is_outdated(old)


def test_letters_that_look_alike_are_alike() -> None:
    """One keyboard sends é as one character, another one as two."""
    assert passwords.matches("caf\u00e9 au lait, s'il", passwords.hash_password("cafe\u0301 au lait, s'il"))


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("eleven char", "12 characters or more"),
        ("x" * 1025, "1024 characters at most"),
        ("aaaaaaaaaaaabbbb", "easily guessed"),
        ("my name is Ann, yes", "easily guessed"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, says: str) -> None:
    with pytest.raises(Rejected, match=says) as refused:
        passwords.check(password, "ann")
    assert refused.value.reason is Reason.ACCOUNT_INVALID
    passwords.check(GOOD, "ann")
