"""What a verification finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What was done to the log, as far as can be told."""

    EDITED = "edited"
    """An entry or a link is not as it was when it was chained."""
    DELETED = "deleted"
    """An entry or a link is gone."""
    INSERTED = "inserted"
    """Something stands there that was never signed."""
    CUT = "cut"
    """The end of the chain is gone, or was replaced."""
    UNVERIFIABLE = "unverifiable"
    """A signature's key is not in the settings."""
    STATE = "state"
    """A row is not as the log says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    trouble: Trouble
    where: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was looked at, and what is wrong with it."""

    links: int
    heads: int
    pending: int
    """Entries that wait to be chained."""
    items: int
    findings: tuple[Finding, ...]
