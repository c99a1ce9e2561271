"""What stands above every page of who works on the queue: undo, progress, and a word about breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.queries import desks, preferences
from db.queries.desks import Progress, Undoable
from db.queries.preferences import Wishes
from worker.access.actor import Actor

PAUSE = timedelta(minutes=10)
"""Who decides nothing for so long has had a break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one moderator stands."""

    wishes: Wishes
    undo: Undoable | None
    progress: Progress
    worked: timedelta
    """Without a break until now; zero where the last decision is longer ago than a break."""

    @property
    def break_due(self) -> bool:
        """A break would be good, by their own preference."""
        minutes = self.wishes.break_minutes
        return minutes > 0 and self.worked >= timedelta(minutes=minutes)


def standing(session: Session, actor: Actor, undo_seconds: float) -> Standing:
    """Where a moderator stands now."""
    done = desks.progress(session, actor.name, actor.session_id)
    return Standing(
        wishes=preferences.of(session, actor.account_id),
        undo=desks.undoable(session, actor.name, undo_seconds),
        progress=done,
        worked=worked(done.lately, done.now),
    )


def worked(decided: Sequence[datetime], now: datetime) -> timedelta:
    """How long someone has been deciding without a break.

    Args:
        decided: when they decided, oldest first.
        now: at or after the last of these.
    """
    began = now
    for moment in reversed(decided):
        if began - moment >= PAUSE:
            break
        began = moment
    return now - began
