"""The state machine of a review item, every pair of it."""

from __future__ import annotations

from itertools import product

import pytest

from db.models.review import ItemState
from detector.reasons import Reason
from worker.review.rules import Event, Standing, follow, obstacle, standing

CLOSED = {Standing.DECIDED: Reason.ALREADY_DECIDED, Standing.WITHDRAWN: Reason.WITHDRAWN}
HOLDERS_ONLY = {
    Event.RENEW: ItemState.CLAIMED,
    Event.RELEASE: ItemState.OPEN,
    Event.SET_ASIDE: ItemState.OPEN,
    Event.DECIDE: ItemState.DECIDED,
}


@pytest.mark.parametrize(("seen", "event"), list(product(Standing, Event)))
def test_every_pair_has_the_answer_that_the_rules_in_words_give(seen: Standing, event: Event) -> None:
    """The words: closed items stay closed; only the holder acts; a running lease keeps others out."""
    answer = follow(seen, event)
    if event is Event.WITHDRAW:
        expected: ItemState | Reason = (
            Reason.ALREADY_DECIDED if seen is Standing.DECIDED else ItemState.WITHDRAWN
        )
    elif seen in CLOSED:
        expected = CLOSED[seen]
    elif event is Event.CLAIM:
        expected = ItemState.CLAIMED if seen in {Standing.OPEN, Standing.LAPSED} else Reason.ALREADY_CLAIMED
    else:
        expected = HOLDERS_ONLY[event] if seen is Standing.MINE else Reason.LEASE_LOST
    assert answer is expected


@pytest.mark.parametrize(
    ("state", "mine", "runs", "seen"),
    [
        (ItemState.OPEN, True, False, Standing.OPEN),  # a number from before the release gives no hold
        (ItemState.CLAIMED, True, True, Standing.MINE),
        (ItemState.CLAIMED, True, False, Standing.MINE),  # ran out, and nobody took over
        (ItemState.CLAIMED, False, True, Standing.HELD),
        (ItemState.CLAIMED, False, False, Standing.LAPSED),
        (ItemState.DECIDED, True, True, Standing.DECIDED),
        (ItemState.WITHDRAWN, True, True, Standing.WITHDRAWN),
    ],
)
def test_standing_depends_on_who_asks(state: ItemState, mine: bool, runs: bool, seen: Standing) -> None:
    """The same row looks different to its holder and to everyone else."""
    assert standing(state, mine=mine, runs=runs) is seen


def test_a_conflict_of_interest_is_named_before_anything_else() -> None:
    """Nothing else that stands in the way would change it."""
    assert obstacle(own=True, reserved=True) is Reason.CONFLICT_OF_INTEREST
    assert obstacle(own=False, reserved=True) is Reason.RESERVED
    assert obstacle(own=False, reserved=False) is Reason.NOT_QUALIFIED
