"""The state machine of a review item, every pair of it."""

from __future__ import annotations

from itertools import product

import pytest

from detector.reasons import Reason
from worker.review.rules import Event, Standing, State, follow, standing

CLOSED = {Standing.DECIDED: Reason.ALREADY_DECIDED, Standing.WITHDRAWN: Reason.WITHDRAWN}
HOLDERS_ONLY = {Event.RENEW: State.CLAIMED, Event.RELEASE: State.OPEN, Event.DECIDE: State.DECIDED}


@pytest.mark.parametrize(("seen", "event"), list(product(Standing, Event)))
def test_every_pair_has_the_answer_that_the_rules_in_words_give(seen: Standing, event: Event) -> None:
    """The words: closed items stay closed; only the holder acts; a running lease keeps others out."""
    answer = follow(seen, event)
    if event is Event.WITHDRAW:
        expected: State | Reason = Reason.ALREADY_DECIDED if seen is Standing.DECIDED else State.WITHDRAWN
    elif seen in CLOSED:
        expected = CLOSED[seen]
    elif event is Event.CLAIM:
        expected = State.CLAIMED if seen in {Standing.OPEN, Standing.LAPSED} else Reason.ALREADY_CLAIMED
    else:
        expected = HOLDERS_ONLY[event] if seen is Standing.MINE else Reason.LEASE_LOST
    assert answer is expected


@pytest.mark.parametrize(
    ("state", "mine", "runs", "seen"),
    [
        (State.OPEN, True, False, Standing.OPEN),  # a number from before the release gives no hold
        (State.CLAIMED, True, True, Standing.MINE),
        (State.CLAIMED, True, False, Standing.MINE),  # ran out, and nobody took over
        (State.CLAIMED, False, True, Standing.HELD),
        (State.CLAIMED, False, False, Standing.LAPSED),
        (State.DECIDED, True, True, Standing.DECIDED),
        (State.WITHDRAWN, True, True, Standing.WITHDRAWN),
    ],
)
def test_standing_depends_on_who_asks(state: State, mine: bool, runs: bool, seen: Standing) -> None:
    """The same row looks different to its holder and to everyone else."""
    assert standing(state, mine=mine, runs=runs) is seen
