"""What came of computing a stored verdict again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detector.policy import Label
from worker.evidence.numbers import Strayed


class Cause(StrEnum):
    """Why a verdict does not come out the same, or can't be computed again."""

    BUNDLE = "bundle"
    """It is missing, broken, or another one lies in its place."""
    WEIGHTS = "weights"
    """A backbone's weights are missing or changed."""
    RUNTIME = "runtime"
    """This machine lacks what computed the vector."""
    OBJECT = "object"
    """The picture is gone, replaced or unreadable."""
    DECODER = "decoder"
    """The vector was measured on pictures of another decoder."""
    VECTOR = "vector"
    """The picture measures differently."""
    LIBRARIES = "libraries"
    """Libraries have other versions than those that the bundle was trained with."""
    SCORING = "scoring"
    """The same vector and the same bundle give another score: the program has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One cause, in a sentence."""

    cause: Cause
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A verdict in short."""

    label: Label
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of computing a verdict again."""

    verdict: str
    """Its id."""
    same: bool
    """The same label, and a probability within the tolerance."""
    from_picture: bool
    veto_as_recorded: bool
    """True where the veto's answer was not asked for again."""
    recorded: Outcome
    again: Outcome | None
    """None where it could not be computed."""
    tolerance: float | None
    """None where the bundle, which states it, can't be read."""
    causes: tuple[Finding, ...] = ()
    """Empty where it is the same."""
    strayed: tuple[Strayed, ...] = ()
    """Numbers of the vector that are not what they were, the farthest first; only from the picture."""
