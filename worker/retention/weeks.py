"""Keeps partitions ahead of time, and drops those whose rows are all past their time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from db.queries import partitions, sweeps
from worker.logs import fields, trouble
from worker.monitoring.retention import RetentionMetrics
from worker.settings import Settings

log = logging.getLogger(__name__)

WEEKS_AHEAD = 5
"""Weeks that have a partition besides the present one: a sweeper that is away for a month is no harm."""
_ROUND_SECONDS = 3600.0
_AGAIN_SECONDS = 60.0
"""After a round that could not be finished, because a table was in use for one."""


def kept_days(settings: Settings) -> dict[str, int]:
    """For how many days each partitioned table keeps its rows."""
    return dict.fromkeys(partitions.PARTITIONED, settings.retention_deliveries_days)


class Weeks:
    """An hourly round over the tables that lie in a partition a week."""

    def __init__(
        self,
        kept: Mapping[str, int],
        *,
        sessions: sessionmaker[Session],
        metrics: RetentionMetrics,
        seconds: Callable[[], float] = time.monotonic,
        now: Callable[[Session], datetime] = sweeps.moment,
    ) -> None:
        """Bind the parts.

        Args:
            kept: days that the rows of each table are kept.
            sessions: on the database.
            metrics: tells how far the partitions reach.
            seconds: a clock that never goes back.
            now: the time; PostgreSQL's, unless a test has another.
        """
        self._kept = kept
        self._sessions = sessions
        self._metrics = metrics
        self._seconds = seconds
        self._now = now
        self._due_at = float("-inf")

    def round(self) -> None:
        """Look after every table, once an hour."""
        if self._seconds() < self._due_at:
            return
        done = [self._keep(table, days) for table, days in self._kept.items()]
        self._due_at = self._seconds() + (_ROUND_SECONDS if all(done) else _AGAIN_SECONDS)

    def rest(self) -> None:
        """Another process leads: tell nothing, and look at once when it is this one's turn again."""
        self._metrics.rest()
        self._due_at = float("-inf")

    def _keep(self, table: str, days: int) -> bool:
        """False where something is left to do; one table's trouble is not another's."""
        moved = self._tried(table, lambda: self._move(table, days))
        return self._tried(table, lambda: self._tell(table)) and moved

    def _tried(self, table: str, step: Callable[[], None]) -> bool:
        try:
            step()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.warning("partitions_not_kept", extra=fields(table=table) | trouble(error))
            self._metrics.failed(table)
            return False
        return True

    def _move(self, table: str, days: int) -> None:
        """Make what is missing and drop what is over, each partition in its own transaction."""
        with self._sessions() as session:
            now = self._now(session)
        for monday in partitions.weeks(now, ahead=WEEKS_AHEAD):
            with self._sessions.begin() as session:
                if partitions.make(session, table, monday):
                    log.info("partition_made", extra=fields(table=table, week=monday.isoformat()))
        while (dropped := self._drop(table, now - timedelta(days=days))) is not None:
            log.info("partition_dropped", extra=fields(table=table, partition=dropped))
            self._metrics.dropped(table)

    def _drop(self, table: str, before: datetime) -> str | None:
        with self._sessions.begin() as session:
            return partitions.drop(session, table, before=before)

    def _tell(self, table: str) -> None:
        with self._sessions() as session:
            self._metrics.reaches(table, partitions.ahead_seconds(session, table, now=self._now(session)))
