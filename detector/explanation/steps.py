"""What the thresholds and the veto did to one probability, in words."""

from __future__ import annotations

from collections.abc import Iterator

from detector.explanation.records import VetoSaid
from detector.policy import Label, Policy
from detector.verdict import Verdict


def steps(policy: Policy, verdict: Verdict, veto: VetoSaid) -> Iterator[str]:
    """One sentence a step, from the probability to the verdict."""
    thresholds, probability = policy.thresholds, verdict.probability
    scored = thresholds.decide(probability)
    place = {
        Label.GENUINE: f"below {thresholds.genuine_below:g}",
        Label.UNCERTAIN: f"between {thresholds.genuine_below:g} and {thresholds.synthetic_from:g}",
        Label.SYNTHETIC: f"{thresholds.synthetic_from:g} or more",
    }[scored]
    share = f"{100 * policy.prior:g} % of all pictures"
    yield (
        f"The probability {probability:.3f}, which takes {share} for generated, is {place}:"
        f" the scores say {scored}."
    )
    if scored is Label.SYNTHETIC:
        yield _after_veto(verdict, veto)


def _after_veto(verdict: Verdict, veto: VetoSaid) -> str:
    if veto.threshold is None:
        return "The bundle has no veto, so that stands."
    if veto.probability is None:
        return (
            f"The veto could not be asked ({veto.reason}), and nobody is accused without it:"
            f" the verdict is {verdict.label}."
        )
    objects = "it objects" if veto.overruled else "it agrees"
    return (
        f"The veto gives {veto.probability:.4f} and objects below {veto.threshold:.4f}: {objects},"
        f" so the verdict is {verdict.label}."
    )
