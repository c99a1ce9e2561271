"""The rules of steps, over every pair of state and action."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.bundles import BundleState
from db.models.rollouts import RolloutAction
from detector.reasons import Reason, Rejected
from worker.rollout.states import ON_TRIAL, STEPS, after

PAIRS = [*itertools.product(BundleState, RolloutAction)]


@pytest.mark.parametrize(("state", "action"), PAIRS)
def test_a_step_leads_where_the_table_says_or_is_refused(state: BundleState, action: RolloutAction) -> None:
    if (state, action) in STEPS:
        assert after(state, action) is STEPS[state, action]
        return
    with pytest.raises(Rejected) as refused:
        after(state, action)
    assert refused.value.reason is Reason.STEP_REFUSED
    assert str(state) in refused.value.message


@given(st.lists(st.sampled_from(RolloutAction), max_size=30))
def test_whatever_is_asked_for_a_bundle_moves_along_allowed_steps_only(asked: list[RolloutAction]) -> None:
    """And it is promoted only from a canary, which only a shadow becomes."""
    state, path = BundleState.CANDIDATE, [BundleState.CANDIDATE]
    for action in asked:
        try:
            state = after(state, action)
        except Rejected:
            continue
        path.append(state)
        if action is RolloutAction.PROMOTE:
            assert path[-2:] == [BundleState.CANARY, BundleState.ACTIVE]
        if state is BundleState.CANARY:
            assert path[-2] in ON_TRIAL
    assert {*itertools.pairwise(path)} <= {(begun, led) for (begun, _), led in STEPS.items()}


@pytest.mark.parametrize("action", [RolloutAction.CANARY, RolloutAction.ACTIVATE])
def test_what_is_held_decides_nothing(action: RolloutAction) -> None:
    with pytest.raises(Rejected, match="release it first"):
        after(BundleState.SHADOW, action, held=True)
    assert after(BundleState.SHADOW, RolloutAction.RETIRE, held=True) is BundleState.RETIRED


def test_nothing_is_promoted_past_the_canary() -> None:
    for state in set(BundleState) - {BundleState.CANARY}:
        with pytest.raises(Rejected, match="canary"):
            after(state, RolloutAction.PROMOTE)
