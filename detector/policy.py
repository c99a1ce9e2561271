"""From a probability to a verdict, and the one thing that a veto may do to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """The three verdicts."""

    GENUINE = "GENUINE"
    UNCERTAIN = "UNCERTAIN"
    SYNTHETIC = "SYNTHETIC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where the verdicts meet, as calibrated probabilities of being synthetic.

    Raises:
        ValueError: they are not ordered, or not in [0, 1].
    """

    genuine_below: float
    synthetic_from: float

    def __post_init__(self) -> None:
        if not 0 <= self.genuine_below <= self.synthetic_from <= 1:
            raise ValueError(
                f"thresholds must satisfy 0 <= genuine_below <= synthetic_from <= 1,"
                f" not {self.genuine_below} and {self.synthetic_from}"
            )

    def decide(self, probability: float) -> Label:
        """GENUINE below the lower threshold, SYNTHETIC from the upper one on, else UNCERTAIN.

        Raises:
            ValueError: the probability is not in [0, 1].
        """
        if not 0 <= probability <= 1:
            raise ValueError(f"{probability} is no probability")
        if probability < self.genuine_below:
            return Label.GENUINE
        return Label.SYNTHETIC if probability >= self.synthetic_from else Label.UNCERTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a bundle makes of its probabilities.

    Raises:
        ValueError: the prior is not between 0 and 1.
    """

    thresholds: Thresholds
    prior: float
    """The share of synthetic pictures that the probabilities assume."""

    def __post_init__(self) -> None:
        if not 0 < self.prior < 1:
            raise ValueError(f"a prior lies between 0 and 1, not at {self.prior}")


def soften(label: Label, veto_probability: float | None, veto_threshold: float) -> Label:
    """What a veto leaves of a verdict: SYNTHETIC becomes UNCERTAIN where the veto is not convinced.

    Args:
        label: the verdict of the scores.
        veto_probability: the veto's own probability of being synthetic; None where it could not be asked.
        veto_threshold: below it, the veto is not convinced.
    """
    if label is not Label.SYNTHETIC:
        return label
    convinced = veto_probability is not None and veto_probability >= veto_threshold
    return label if convinced else Label.UNCERTAIN
