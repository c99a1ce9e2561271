"""A backfill gives way to uploads: it rests while one waits for longer than it should."""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from db.queries import sweeps


class Throttle:
    """Says whether a page may be taken now.

    Args:
        sessions: on the database.
        seconds: how long an upload may wait before the backfill rests.
    """

    def __init__(self, sessions: sessionmaker[Session], seconds: float) -> None:
        self._sessions = sessions
        self._seconds = seconds

    @property
    def uploads_wait(self) -> bool:
        """An upload has waited for too long."""
        with self._sessions() as session:
            return sweeps.upload_age(session) > self._seconds
