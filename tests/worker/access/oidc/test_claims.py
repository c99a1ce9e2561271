"""What claims say of a person."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.accounts import Role
from worker.access.oidc.claims import has_second_factor, names_of, role_of

ROLES = {"team": "moderator", "leads": "senior", "root": "admin", "eyes": "auditor"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["team", "root", "x", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "a.b"]), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"a": {"b": "team"}}, Role.MODERATOR),
        ({"a": {"b": ["eyes", "team", "nothing", 5]}}, Role.MODERATOR),
        ({"a": {"b": ["team", "root", "leads"]}}, Role.ADMIN),
        ({"a.b": "leads", "a": {"b": "root"}}, Role.SENIOR),
        ({"a": {"b": {"team": True}}}, None),
        ({"a": ["team"]}, None),
        ({"b": "team"}, None),
        ({}, None),
    ],
)
def test_the_strongest_role_of_the_named_claim_counts(claims: dict[str, Any], role: Role | None) -> None:
    assert role_of(claims, "a.b", ROLES) is role


@given(st.dictionaries(st.sampled_from(["a", "a.b", "amr", "email", "preferred_username"]), json_values))
def test_no_claims_are_too_strange(claims: dict[str, Any]) -> None:
    """A provider may send anything; without one of the values there is no role."""
    assert role_of(claims, "a.b", ROLES) is None or any(value in str(claims) for value in ROLES)
    assert all(isinstance(name, str) for name in names_of(claims))
    assert has_second_factor(claims, ()) is False


def test_a_name_is_the_preferred_one_then_a_verified_address() -> None:
    claims = {"preferred_username": "ann", "email": "ann@art.example"}
    assert list(names_of(claims)) == ["ann"]
    assert list(names_of(claims | {"email_verified": True})) == ["ann", "ann@art.example"]
    assert list(names_of(claims | {"email_verified": "true"})) == ["ann"]
