"""The periods that a page of numbers can look back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_HOUR = 3600.0
_DAY = 24 * _HOUR


class Window(StrEnum):
    """A period, by the word in the page's address."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a period is, and in which steps it is drawn."""

    words: str
    seconds: float
    step_seconds: float
    step_words: str

    @property
    def steps(self) -> int:
        """How many there are."""
        return round(self.seconds / self.step_seconds)


LENGTHS = {
    Window.DAY: Length(words="24 hours", seconds=_DAY, step_seconds=_HOUR, step_words="hour"),
    Window.WEEK: Length(words="7 days", seconds=7 * _DAY, step_seconds=6 * _HOUR, step_words="six hours"),
    Window.MONTH: Length(words="30 days", seconds=30 * _DAY, step_seconds=_DAY, step_words="day"),
}
