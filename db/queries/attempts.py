"""How often an event may fail, for each kind of failure, and what follows the last one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models import Event, EventState
from db.queries._endings import Ending, end_unjudged
from db.queries._ids import NewId

ATTEMPTS_EXHAUSTED = "attempts_exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptLimits:
    """How many ends of each kind one event may have; the last of them makes it dead."""

    deaths: int = 3
    """The child that worked on it died: most likely the picture's doing."""
    losses: int = 6
    """The lease ran out and nobody said why: a lost host, or a picture that takes its host with it."""
    transients: int = 12
    """Storage or network failed."""
    review_priority: float = 1.0
    """Priority of the review item that a dead event opens."""


def count_loss(session: Session, event: Event, limits: AttemptLimits, new_id: NewId) -> bool:
    """Count the lapse of a locked event's lease. True where it was one too many and the event is dead."""
    event.losses += 1
    if event.losses < limits.losses:
        return False
    said = f"The scan of it was cut off {event.losses} times and never ended."
    end_unjudged(session, event, dead(ATTEMPTS_EXHAUSTED, said, limits), new_id)
    return True


def dead(reason: str, detail: str, limits: AttemptLimits) -> Ending:
    """How an event ends that has used up its attempts: with an item, for a person may see what we can't."""
    return Ending(state=EventState.DEAD, reason=reason, detail=detail, review_priority=limits.review_priority)
