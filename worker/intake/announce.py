"""Messages for committed events: sent after the commit, as a courtesy. The sweeper sends what is left out."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from db.queries.events import mark_queued
from worker.dispatch import Dispatcher
from worker.intake.accept import Waiting
from worker.logs import fields

log = logging.getLogger(__name__)

_BATCH = 100
"""Small: nobody is answered while a batch is sent. With 500, p95 after a burst was five times as long."""
_LINGER = 0.025
"""Seconds in which others may join the first event of a batch: an exchange costs more than a message."""
_BACKLOG = 20_000
"""Events that may wait here for a slow broker; the sweeper knows the rest."""


def announce(sessions: sessionmaker[Session], dispatcher: Dispatcher, waiting: Sequence[Waiting]) -> bool:
    """Publish and mark what was published.

    Returns:
        False where the broker or the database did not take it: bounded in time, and nothing is lost.
    """
    traces = {event.id: event.trace for event in waiting if event.trace is not None}
    if not dispatcher.send_all([(event.id, event.queue) for event in waiting], traces):
        return False
    try:
        with sessions.begin() as session:
            mark_queued(session, [event.id for event in waiting])
    except SQLAlchemyError as error:  # a second message will be sent, which costs little
        log.warning("unmarked", extra=fields(events=len(waiting), error=type(error).__name__))
        return False
    return True


class Announcer:
    """Announces in a thread of its own, in batches, so that no answer waits for the broker."""

    def __init__(self, sessions: sessionmaker[Session], dispatcher: Dispatcher) -> None:
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._queue: queue.Queue[Waiting | None] = queue.Queue(_BACKLOG)
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)

    def start(self) -> None:
        """Begin to announce."""
        self._thread.start()

    def __call__(self, waiting: Sequence[Waiting]) -> None:
        """Leave events here to be announced; returns at once."""
        try:
            for event in waiting:
                self._queue.put_nowait(event)
        except queue.Full:
            log.warning("announcing_late", extra=fields(events=_BACKLOG))

    def close(self, seconds: float) -> None:
        """Announce what is left, for at most ``seconds``."""
        try:
            self._queue.put(None, timeout=seconds)
        except queue.Full:
            return
        self._thread.join(seconds)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._batch(first)
            try:
                announce(self._sessions, self._dispatcher, batch)
            except Exception:  # the thread must outlive whatever happens to one batch
                log.exception("announcing_failed")
            if last:
                return

    def _batch(self, first: Waiting) -> tuple[list[Waiting], bool]:
        """What waits, up to a batch, and whether the end was among it."""
        time.sleep(_LINGER)
        batch = [first]
        while len(batch) < _BATCH:
            try:
                event = self._queue.get_nowait()
            except queue.Empty:
                break
            if event is None:
                return batch, True
            batch.append(event)
        return batch, False
