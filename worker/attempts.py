"""How often an event may fail in each way: the settings in the form that the claims' queries take."""

from __future__ import annotations

from db.queries.attempts import AttemptLimits
from worker.settings import Settings

REFUSAL_PRIORITY = 0.5
"""Priority of a review item that asks about a file without a verdict; verdicts' lie in [0, 1] too."""


def limits_of(settings: Settings) -> AttemptLimits:
    """The bounds of one event's attempts."""
    return AttemptLimits(
        deaths=settings.max_attempts,
        losses=settings.max_losses,
        transients=settings.max_retries,
        review_priority=REFUSAL_PRIORITY,
    )
