"""What a check of the installation comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    """As it should be."""
    NOTE = "note"
    """Works, but someone should know."""
    WRONG = "wrong"
    """Something does not work, or will not under load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    area: str
    """What it belongs to: settings, machine, database, broker, storage, model, hook, console."""
    subject: str
    """What was looked at, in a few words."""
    health: Health
    """Whether it is as it should be."""
    found: str
    """What was seen; never a secret."""
    advice: str | None = None
    """What to do, where something is to be done."""


@dataclass(frozen=True, slots=True)
class Area:
    """Makes the findings of one area."""

    name: str

    def ok(self, subject: str, found: str) -> Finding:
        """As it should be."""
        return Finding(area=self.name, subject=subject, health=Health.OK, found=found)

    def note(self, subject: str, found: str, advice: str) -> Finding:
        """Works, with something to know."""
        return Finding(area=self.name, subject=subject, health=Health.NOTE, found=found, advice=advice)

    def wrong(self, subject: str, found: str, advice: str) -> Finding:
        """Does not work."""
        return Finding(area=self.name, subject=subject, health=Health.WRONG, found=found, advice=advice)
