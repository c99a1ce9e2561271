"""What a worker's parent and children tell of themselves, in a form that fits one packet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias


class ScanOutcome(StrEnum):
    """How a claim of an event ended."""

    VERDICT = "verdict"
    """A new verdict was written."""
    KNOWN = "known"
    """This object version had its verdict already."""
    REFUSED = "refused"
    """The file or the event is at fault."""
    RETRY = "retry"
    """Something outside failed; the event is tried again later, or is dead where that was one too many."""
    FAULT = "fault"
    """The installation is at fault; the event waits for an operator."""
    BROKE = "broke"
    """An error that nobody foresaw."""
    LEASE_LOST = "lease_lost"
    """Another has taken the event over; nothing was written."""


class ChildEnd(StrEnum):
    """How a child ended that had work in its hands."""

    DIED = "died"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSeen:
    """One claim, ended."""

    outcome: ScanOutcome
    seconds: float
    """From the claim to its end."""
    stage_ms: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds of each stage that was passed."""
    label: str | None = None
    """Of a new verdict."""
    reason: str | None = None
    """Reason code of an end without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """The parent's loop turned."""

    children: int
    """Children that are running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A child has tried to load what it scans with."""

    trouble: str | None
    """One sentence on why it can't scan; None where it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A child ended at its work."""

    cause: ChildEnd


Told: TypeAlias = ScanSeen | Turned | Opened | Ended
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (ScanSeen, Turned, Opened, Ended)}


def packed(told: Told) -> bytes:
    """One packet."""
    return json.dumps([type(told).__name__, asdict(told)]).encode()


def unpacked(packet: bytes) -> Told:
    """What a packet says."""
    name, members = json.loads(packet)
    made: Told = _KINDS[name](**members)
    return made
