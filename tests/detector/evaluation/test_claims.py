"""What a count of zero can claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluation.claims import bound_of_none, claim_of_none, needed_without_one


def test_under_one_percent_needs_299_pictures() -> None:
    assert needed_without_one(0.01) == 299
    assert bound_of_none(298) >= 0.01 > bound_of_none(299)


@given(st.floats(0.001, 0.999))
def test_the_number_needed_is_the_first_that_bounds_the_rate(rate: float) -> None:
    needed = needed_without_one(rate)
    assert bound_of_none(needed) <= rate + 1e-9
    assert bound_of_none(needed - 1) > rate - 1e-9


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_certainty_can_not_be_bought(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        needed_without_one(rate)


def test_nothing_seen_claims_nothing() -> None:
    assert bound_of_none(0) == 1.0
    assert "nothing can be said" in claim_of_none(0, sources=0, what="human works")


def test_a_claim_says_what_it_supports_and_on_how_many_sources() -> None:
    few = claim_of_none(122, sources=9, what="human works")
    assert "under 2.4 %" in few
    assert "needs 299" in few
    assert "9 sources" in few
    enough = claim_of_none(300, sources=1, what="human works")
    assert "supports a claim of under 1 %" in enough
    assert "1 source," in enough
