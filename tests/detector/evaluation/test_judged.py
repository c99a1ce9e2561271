"""A verdict of the columns is the verdict of the policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.evaluation.judged import Pictures
from detector.policy import Label, soften
from tests.detector.evaluation.judgements import THRESHOLDS, judged, pictures


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=20))
def test_verdicts_are_those_of_the_policy_and_of_the_veto(seen: list[tuple[float, bool]]) -> None:
    found = judged([False] * len(seen), [p for p, _ in seen], objected=[objects for _, objects in seen])
    for place, (probability, objects) in enumerate(seen):
        wanted = soften(THRESHOLDS.decide(probability), 0.0 if objects else 1.0, 0.5)
        assert found.verdict(place) is wanted


def test_a_veto_makes_synthetic_uncertain_and_the_scores_remember() -> None:
    found = judged([False, False], [0.9, 0.9], objected=[True, False])
    assert [found.verdict(0), found.verdict(1)] == [Label.UNCERTAIN, Label.SYNTHETIC]
    assert found.accused.all()


def test_some_pictures_keep_what_was_said_of_them() -> None:
    found = judged([False, True, True], [0.1, 0.9, 0.5])
    some = found.where(found.labels)
    assert list(some.pictures.names) == ["1.png", "2.png"]
    assert [some.verdict(0), some.verdict(1)] == [Label.SYNTHETIC, Label.UNCERTAIN]


def test_columns_of_different_lengths_are_refused() -> None:
    whole = pictures([True, False])
    with pytest.raises(ValueError, match="each"):
        Pictures(
            names=["one"],
            labels=whole.labels,
            groups=whole.groups,
            domains=whole.domains,
            generators=whole.generators,
        )
