"""Reads the figures that only PostgreSQL and the broker know, at most once in a few seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from db.models import MessageState
from db.queries import deadlines, figures
from worker.dispatch import Dispatcher
from worker.monitoring.metrics import FigureMetrics

_FRESH_SECONDS = 5.0
"""How long figures serve: more askers must not be more questions to the database."""


class Figures:
    """Keeps the gauges of what waits up to date, whenever someone asks for them."""

    def __init__(
        self,
        metrics: FigureMetrics,
        *,
        sessions: sessionmaker[Session],
        dispatcher: Dispatcher,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metrics = metrics
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._clock = clock
        self._read_at = float("-inf")

    def refresh(self) -> None:
        """Read them anew unless they are fresh.

        Where PostgreSQL or the broker does not answer, its last figures stay, and a gauge of 0 says so.
        """
        if self._clock() - self._read_at < _FRESH_SECONDS:
            return
        self._metrics.database_up.set(self._read_database())
        self._metrics.broker_up.set(self._read_broker())
        self._read_at = self._clock()

    def _read_database(self) -> bool:
        try:
            with self._sessions() as session:
                self._metrics.set_events(figures.events_waiting(session))
                self._metrics.set_items(figures.review_waiting(session))
                self._metrics.set_ready(figures.review_ready(session))
                self._metrics.set_appeals(deadlines.waiting(session))
                self._metrics.set_messages(MessageState.PENDING, figures.messages_pending(session))
                self._metrics.set_messages(MessageState.DEAD, figures.messages_dead(session))
        except SQLAlchemyError:
            return False
        return True

    def _read_broker(self) -> bool:
        depth = self._dispatcher.depth()
        if depth is not None:
            self._metrics.set_depth(depth)
        return depth is not None
