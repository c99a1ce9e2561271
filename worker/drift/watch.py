"""Measures drift once a day, and tells the newest figures."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from db.models import DriftDay
from db.models.bundles import DEFAULT_NAME
from db.queries import daily, drift
from db.queries.daily import Day
from db.queries.sweeps import moment
from worker.drift.comparison import measures
from worker.drift.measure import Waiting, measure
from worker.drift.stability import Finding
from worker.logs import fields
from worker.monitoring.drift import DriftMetrics

log = logging.getLogger(__name__)

_HOUR = 3600.0
_STALE = timedelta(days=2)


class DriftWatch:
    """A round of the sweeper that leads, once in a while.

    Args:
        sessions: on the database.
        metrics: told what was found.
        clock: of the time between two rounds.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        metrics: DriftMetrics,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._metrics = metrics
        self._clock = clock
        self._next = clock()

    def round(self) -> None:
        """Measure, where nobody has today, and tell what is known. Once an hour, it is asked for."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + _HOUR
        try:
            self._metrics.tell(self._newest())
        except (ArithmeticError, ValueError):  # sweeping matters more; none told is none believed
            log.exception("drift_not_measured")
            self._metrics.tell({})

    def rest(self) -> None:
        """Tell nothing: another sweeper leads. Should this one lead again, it looks at once."""
        self._metrics.tell({})
        self._next = self._clock()

    def _newest(self) -> dict[str, float]:
        with self._sessions.begin() as session:
            bundle_id = drift.speaking(session, DEFAULT_NAME)
            if bundle_id is None:
                return {}
            if not daily.measured_today(session, DriftDay, bundle_id):
                found = measure(session)
                if not isinstance(found, Waiting):
                    log.info("drift_measured", extra=fields(bundle=bundle_id, changed=_changed(found)))
            day = daily.newest(session, DriftDay, bundle_id)
            if day is None or moment(session) - day.measured_at > _STALE:
                return {}
        return _told(day)


def _told(day: Day) -> dict[str, float]:
    """The indices that can be believed."""
    return {
        name: figure["value"]
        for name, figure in measures(day.figures).items()
        if figure["finding"] != Finding.TOO_FEW
    }


def _changed(figures: dict[str, object]) -> list[str]:
    return [name for name, figure in measures(figures).items() if figure["finding"] == Finding.CHANGED]
