"""What the detector says of a picture, with all that it said it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detector.policy import Label, Thresholds
from detector.reasons import Reason
from detector.vector import Vector
from detector.warranty import Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoOutcome:
    """What the veto did."""

    applied: bool = False
    """True where it made SYNTHETIC UNCERTAIN."""
    probability: float | None = None
    """Its own probability of being synthetic; None where it was not asked."""
    overruled: Label | None = None
    """The verdict before; None where it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A bundle's answer for one picture."""

    label: Label
    probability: float
    """Calibrated probability of being synthetic."""
    raw: float
    """Weighted mean of the members."""
    members: Mapping[str, float]
    """Each member's probability, by name."""
    veto: VetoOutcome
    thresholds: Thresholds
    bundle: str
    """Id of the bundle."""
    vector: Vector
    """What was scored."""
    runtime: str
    """What computed the vector's embedding; ``numpy`` where it has none."""
    precision: str
    """In which numbers."""
    reason: Reason | None = None
    """Why the label differs from the scores' own, where no veto says so (``veto_unavailable``)."""
    warranty: Assurance | None = None
    """The measured rate that applies; None where the bundle states none."""
    stage_ms: Mapping[str, float]
    """Milliseconds by stage, where a clock was given: features, embedding, ensemble, veto."""
