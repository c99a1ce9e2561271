"""Verdicts from probabilities, and what a veto may do to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.policy import Label, Policy, Thresholds, soften

USUAL = Thresholds(genuine_below=0.35, synthetic_from=0.65)
SEVERITY = {Label.GENUINE: 0, Label.UNCERTAIN: 1, Label.SYNTHETIC: 2}

unit = st.floats(0, 1)
thresholds = st.tuples(unit, unit).map(
    lambda pair: Thresholds(genuine_below=min(pair), synthetic_from=max(pair))
)


@pytest.mark.parametrize(
    ("probability", "label"),
    [
        (0.0, Label.GENUINE),
        (0.3499999, Label.GENUINE),
        (0.35, Label.UNCERTAIN),
        (0.6499999, Label.UNCERTAIN),
        (0.65, Label.SYNTHETIC),
        (1.0, Label.SYNTHETIC),
    ],
)
def test_verdicts_meet_at_the_thresholds(probability: float, label: Label) -> None:
    assert USUAL.decide(probability) is label


@given(where=thresholds, one=unit, other=unit)
def test_a_higher_probability_never_gives_a_milder_verdict(
    where: Thresholds, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert SEVERITY[where.decide(low)] <= SEVERITY[where.decide(high)]


@given(label=st.sampled_from(Label), probability=st.none() | unit, threshold=unit)
def test_a_veto_never_raises_a_verdict_and_only_softens_synthetic(
    label: Label, probability: float | None, threshold: float
) -> None:
    left = soften(label, probability, threshold)
    assert SEVERITY[left] <= SEVERITY[label]
    assert left is label or (label, left) == (Label.SYNTHETIC, Label.UNCERTAIN)


@given(probability=unit, lower=unit, threshold=unit)
def test_a_veto_that_is_less_convinced_never_makes_a_verdict_harder(
    probability: float, lower: float, threshold: float
) -> None:
    sure, unsure = max(probability, lower), min(probability, lower)
    softened = [soften(Label.SYNTHETIC, each, threshold) for each in (unsure, sure)]
    assert SEVERITY[softened[0]] <= SEVERITY[softened[1]]


def test_a_veto_that_could_not_be_asked_does_not_confirm() -> None:
    assert soften(Label.SYNTHETIC, None, 0.0) is Label.UNCERTAIN


@pytest.mark.parametrize("bounds", [(0.7, 0.6), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_thresholds_out_of_order_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        Thresholds(genuine_below=bounds[0], synthetic_from=bounds[1])


@pytest.mark.parametrize("probability", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_gets_no_verdict(probability: float) -> None:
    with pytest.raises(ValueError, match="no probability"):
        USUAL.decide(probability)


@pytest.mark.parametrize("prior", [0.0, 1.0, float("nan")])
def test_a_prior_that_excludes_a_class_is_refused(prior: float) -> None:
    with pytest.raises(ValueError, match="prior"):
        Policy(thresholds=USUAL, prior=prior)
