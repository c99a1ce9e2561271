"""Errors and calibration by what people found: worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import HumanLabel, VerdictLabel
from db.queries.feedback import Judged
from worker.review.feedback import by_bundle, figures

GENUINE, UNCERTAIN, SYNTHETIC = VerdictLabel.GENUINE, VerdictLabel.UNCERTAIN, VerdictLabel.SYNTHETIC


def judged(label: VerdictLabel, found: HumanLabel, probability: float = 0.5, share: float = 1.0) -> Judged:
    return Judged(bundle_id="b", label=label, probability=probability, share=share, found=found)


def test_rates_are_of_their_own_label_and_what_nobody_could_tell_is_left_out() -> None:
    found = figures(
        [
            *[judged(SYNTHETIC, HumanLabel.SYNTHETIC, 0.95, 0.5)] * 3,
            judged(SYNTHETIC, HumanLabel.GENUINE, 0.95, 0.5),
            judged(SYNTHETIC, HumanLabel.CANNOT_TELL, 0.95, 0.5),
            *[judged(GENUINE, HumanLabel.GENUINE, 0.05, 0.1)] * 2,
            judged(UNCERTAIN, HumanLabel.SYNTHETIC),
        ]
    )
    assert (found["accused_wrongly"]["count"], found["accused_wrongly"]["total"]) == (1, 4)
    assert found["accused_wrongly"]["rate"] == 0.25
    assert (found["accused_wrongly"]["low"], found["accused_wrongly"]["high"]) == (0.0456, 0.6994)
    assert (found["missed"]["rate"], found["missed"]["low"], found["missed"]["high"]) == (0.0, 0.0, 0.6576)
    assert found["unsure_and_synthetic"]["rate"] == 1.0
    assert found["cannot_tell"] == 1
    assert found["asked"] == {"GENUINE": 2, "SYNTHETIC": 5, "UNCERTAIN": 1}


def test_a_sampled_verdict_stands_for_those_that_were_not_drawn() -> None:
    """One of ten drawn among the confident, all of the unsure: 10 and 1 in the same tenth."""
    found = figures(
        [
            judged(SYNTHETIC, HumanLabel.SYNTHETIC, 0.62, 0.1),
            judged(UNCERTAIN, HumanLabel.GENUINE, 0.62),
        ]
    )
    (tenth,) = found["calibration"]
    assert (tenth["from"], tenth["to"], tenth["n"], tenth["weight"]) == (0.6, 0.7, 2, 11.0)
    assert tenth["found"] == pytest.approx(10 / 11, abs=1e-4)
    assert found["ece"] == pytest.approx(10 / 11 - 0.62, abs=2e-4)
    low, high = tenth["low"], tenth["high"]
    assert low < tenth["found"] < high
    assert high - low > 0.6, "eleven that rest on two are worth hardly more than one"


def test_nothing_is_claimed_of_nothing() -> None:
    found = figures([])
    assert found["accused_wrongly"] == {"count": 0, "total": 0, "rate": None, "low": 0.0, "high": 1.0}
    assert (found["calibration"], found["ece"]) == ([], None)


@given(
    st.lists(
        st.builds(
            judged,
            st.sampled_from(VerdictLabel),
            st.sampled_from(HumanLabel),
            st.floats(0, 1),
            st.floats(0.001, 1),
        )
    )
)
def test_every_figure_is_a_share_within_its_interval(given_: list[Judged]) -> None:
    found = figures(given_)
    for name in ("accused_wrongly", "missed", "unsure_and_synthetic"):
        rate = found[name]
        assert 0 <= rate["low"] <= (rate["rate"] or rate["low"]) <= rate["high"] <= 1
    for tenth in found["calibration"]:
        assert 0 <= tenth["low"] <= tenth["found"] + 1e-4
        assert tenth["found"] - 1e-4 <= tenth["high"] <= 1
    assert found["ece"] is None or 0 <= found["ece"] <= 1
    assert sum(tenth["n"] for tenth in found["calibration"]) + found["cannot_tell"] == len(given_)


def test_bundles_are_told_apart() -> None:
    both = [judged(SYNTHETIC, HumanLabel.GENUINE), judged(SYNTHETIC, HumanLabel.SYNTHETIC)]
    other = [Judged(bundle_id="a", label=SYNTHETIC, probability=0.9, share=1, found=HumanLabel.SYNTHETIC)]
    found = by_bundle([*both, *other])
    assert list(found) == ["a", "b"]
    assert (found["a"]["accused_wrongly"]["rate"], found["b"]["accused_wrongly"]["rate"]) == (0.0, 0.5)
