"""Everything that bears on one verdict, as data: for a terminal, for a script and for whoever reviews it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from detector.memory import Neighbour, Remembered
from detector.policy import Label
from detector.reasons import Reason
from detector.warranty import Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSaid:
    """One member of the ensemble."""

    name: str
    probability: float
    weight: float
    """Its share of the mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A group of numbers and what it did to LightGBM's log-odds."""

    name: str
    """Of the feature, of a group of them, or ``embedding``."""
    words: str
    """What it looks at."""
    contribution: float
    """Positive: it speaks for a generator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedFeature(Moved):
    """A handcrafted feature."""

    unit: str
    value: float | None
    """None where the picture does not determine it."""
    place: float | None
    """Share of people's training pictures whose value lies below; None where the bundle has no memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoSaid:
    """The second look."""

    asked: bool
    probability: float | None
    threshold: float | None
    """It objects below; None where the bundle has no veto."""
    overruled: Label | None
    """The verdict that it, or its absence, softened."""
    reason: Reason | None
    """Why it could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One verdict and its grounds."""

    label: Label
    probability: float
    raw: float
    """The members' weighted mean, before calibration."""
    bundle: str
    runtime: str
    precision: str
    members: tuple[MemberSaid, ...]
    base: float
    """LightGBM's log-odds of a picture of which nothing is known."""
    groups: tuple[Moved, ...]
    """Sums by group of features, and the embedding; the strongest first. With the base they are LightGBM's
    log-odds."""
    features: tuple[MovedFeature, ...]
    """The handcrafted features that moved it most."""
    neighbours: tuple[Neighbour, ...]
    """The pictures of the training that measure most alike; empty where the bundle has no memory."""
    usual: float | None
    """A distance within which nearly every picture of the training has one of another group."""
    known: tuple[Remembered, ...]
    """Pictures of the training that this one is; its verdict then tells nothing of how good the bundle is."""
    veto: VetoSaid
    policy: tuple[str, ...]
    """What made the verdict, step by step, in words."""
    warranty: Assurance | None

    @property
    def unlike(self) -> bool:
        """Whether it is farther than usual from everything that the bundle was trained on."""
        return bool(self.neighbours) and self.usual is not None and self.neighbours[0].distance > self.usual

    def as_json(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        members: dict[str, Any] = _plain(asdict(self))
        return members | {"unlike": self.unlike}


def _plain(value: Any) -> Any:
    """Members as JSON has them."""
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, tuple):
        return [_plain(member) for member in value]
    return value.value if isinstance(value, StrEnum) else value
