"""Words of the command line become deliveries and studies, or one clear sentence."""

from __future__ import annotations

import pytest

from detector.evaluation.deliveries import EVERY, TIERS
from detector.reasons import Reason, Rejected
from detector.training.studies import STUDIES
from worker.evaluation.order import deliveries_named, studies_named


def test_clean_is_always_the_first_and_nothing_comes_twice() -> None:
    assert [each.name for each in deliveries_named("jpeg-30, tiers,web")] == [
        "clean", "jpeg-30", "web", "hard",
    ]  # fmt: skip
    assert deliveries_named("") == TIERS[:1]
    assert len(deliveries_named("all")) == len(EVERY)


def test_studies_come_in_the_order_of_the_report() -> None:
    assert [each.name for each in studies_named("dates,groups")] == ["groups", "dates"]
    assert studies_named("none") == ()
    assert len(studies_named("all")) == len(STUDIES)


@pytest.mark.parametrize(("name", "words"), [("webb", deliveries_named), ("group", studies_named)])
def test_an_unknown_word_is_refused_with_the_known_ones(name: str, words: object) -> None:
    assert callable(words)
    with pytest.raises(Rejected, match=f"called '{name}'; choose among all") as refused:
        words(name)
    assert refused.value.reason is Reason.BAD_REQUEST
