"""What is asked for, what is handed to a process, and what comes back: plain values alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CLEAN = "clean"
"""Name of the delivery that changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One picture as it comes by one way."""

    file: Path
    delivery: str = CLEAN
    """Name in ``detector.evaluation.deliveries.EVERY``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One file with all that is wanted of it, so that it is decoded once."""

    file: Path
    deliveries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What measuring one picture gave, as it is stored."""

    sha256: str
    """Of the file that was measured, in hexadecimal; empty where it can't be read."""
    delivery: str
    width: int = 0
    """Columns of the decoded picture, before the delivery; 0 where it can't be decoded."""
    height: int = 0
    """Rows."""
    perceptual_hash: int | None = None
    """Of the decoded picture, before the delivery."""
    reason: str | None = None
    """Reason code where there is no vector."""
    values: bytes = b""
    """As ``Vector.to_bytes`` gives them."""
    replaced: bytes = b""
