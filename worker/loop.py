"""The life of a process that does one thing again and again: the sweeper and the relay."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from worker.logs import trouble

log = logging.getLogger(__name__)
_AWAY = 1.0


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set: what is under way is finished, nothing new is begun."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def repeat(
    step: Callable[[], bool],
    *,
    stop: threading.Event,
    interval: float,
    beat: Callable[[], None] = lambda: None,
) -> None:
    """Call `step` until `stop` is set.

    Args:
        step: does one round and says whether it found work, in which case the next follows at once.
        stop: ends the loop after the round under way.
        interval: seconds between rounds that find nothing.
        beat: called at each round, whatever comes of it.

    A database that is away is waited for; it is said once when it goes and once when it is back.
    """
    away = False
    while not stop.is_set():
        beat()
        try:
            pause = 0.0 if step() else interval
            if away:
                log.info("database_back")
            away = False
        except DBAPIError as error:
            if not away:
                expected = isinstance(error, (OperationalError, InterfaceError))
                log.warning("database_away", extra=trouble(error), exc_info=None if expected else error)
            away, pause = True, _AWAY
        stop.wait(pause)
