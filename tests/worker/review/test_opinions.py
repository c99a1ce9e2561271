"""How many opinions a decision needs."""

from __future__ import annotations

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.review import HumanLabel, Stage
from db.queries.decisions import Opinion
from worker.review.opinions import follows, second_needed
from worker.review.policy import SecondReview

G, S, C = HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL


def opinions(*labels: HumanLabel, begin: Stage = Stage.FIRST) -> list[Opinion]:
    """Opinions of successive stages."""
    stages = list(Stage)[list(Stage).index(begin) :]
    return [Opinion(label=label, stage=stage) for label, stage in zip(labels, stages, strict=False)]


@pytest.mark.parametrize("label", [G, C])
def test_only_an_accusation_needs_a_second_opinion(label: HumanLabel) -> None:
    assert follows(opinions(label), second_needed=True) is None
    assert follows(opinions(S), second_needed=True) is Stage.SECOND
    assert follows(opinions(S), second_needed=False) is None


def test_two_who_agree_settle_it_and_two_who_disagree_ask_a_senior() -> None:
    assert follows(opinions(S, S), second_needed=True) is None
    assert follows(opinions(S, G), second_needed=True) is Stage.SENIOR
    assert follows(opinions(S, C), second_needed=True) is Stage.SENIOR


@pytest.mark.parametrize("label", HumanLabel)
def test_a_senior_settles_it(label: HumanLabel) -> None:
    assert follows(opinions(S, G, label), second_needed=True) is None
    assert follows(opinions(label, begin=Stage.SENIOR), second_needed=True) is None


@pytest.mark.parametrize("labels", list(itertools.product(HumanLabel, repeat=3)))
def test_no_item_is_settled_as_synthetic_by_one_reviewer_where_a_second_is_needed(
    labels: tuple[HumanLabel, ...],
) -> None:
    """Also none needs more than three."""
    given_so_far = []
    for opinion in opinions(*labels):
        given_so_far.append(opinion)
        if follows(given_so_far, second_needed=True) is None:
            break
    assert follows(given_so_far, second_needed=True) is None
    accused = given_so_far[-1].label is S
    assert not accused or len(given_so_far) > 1


@given(st.uuids(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_needs_it_of_every_item_that_a_smaller_one_does(
    item_id: UUID, one: float, other: float
) -> None:
    small, large = sorted([one, other])
    policies = [SecondReview(mode="sampled", share=share) for share in (0.0, small, large, 1.0)]
    needed = [second_needed(item_id, policy) for policy in policies]
    assert needed == sorted(needed)
    assert (needed[0], needed[-1]) == (False, True)


def test_a_sampled_share_is_about_that_of_the_items() -> None:
    policy = SecondReview(mode="sampled", share=0.25)
    drawn = sum(second_needed(UUID(int=number), policy) for number in range(4000))
    assert 900 < drawn < 1100


@pytest.mark.parametrize(("mode", "needed"), [("always", True), ("off", False)])
def test_the_other_modes_ask_no_hash(mode: str, needed: bool) -> None:
    assert second_needed(UUID(int=1), SecondReview.model_validate({"mode": mode})) is needed
