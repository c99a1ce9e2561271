"""One child of a worker: what it holds from its fork to its end, and the last line of defence."""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Callable
from typing import Protocol, TypeAlias
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError

from detector.reasons import ArtgateError
from worker.logs import bound, fields
from worker.settings import Settings

log = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError)
"""Errors of a database that can't be reached or has no time; any other is a fault of the program."""


class Scans(Protocol):
    """What a child works with."""

    def warm_up(self) -> None:
        """Load what the first scan would otherwise wait for. Failing is allowed: each scan tries again."""

    def scan(self, event_id: UUID) -> None:
        """Carry one event to its end, or put it back. Ends in an error only where it could do neither."""

    def out_of_time(self) -> None:
        """End the scan under way, because its soft time limit has passed."""

    def broke(self, error: Exception) -> None:
        """Put the scan under way back after an error that nobody foresaw."""

    def close(self) -> None:
        """Give back what was opened."""


OpenScanner: TypeAlias = Callable[[Settings, str], Scans]


class Child:
    """Made in the parent, opened in each child: a fork must not share connections, models or locks."""

    def __init__(
        self, settings: Settings, open_scanner: OpenScanner, *, holder: Callable[[int], str]
    ) -> None:
        self._settings = settings
        self._open_scanner = open_scanner
        self._holder = holder
        self._scanner: Scans | None = None

    def open(self, **_: object) -> None:
        """Make the scanner and load the models, before Celery counts the child as up."""
        try:
            self._opened().warm_up()
        except ArtgateError as error:
            log.error("not_ready", extra=fields(reason=error.reason, why=error.message))  # noqa: TRY400 - it says what to do
        except Exception:
            log.exception("not_ready")

    def close(self, **_: object) -> None:
        """Give back connections and the decoder process."""
        if self._scanner is not None:
            self._scanner.close()

    def scan(self, event_id: UUID) -> bool:
        """Scan one event.

        Returns:
            False when nothing could be written of it, so that the message must stay.
        """
        with bound(event_id=str(event_id)):
            try:
                scanner = self._opened()
            except Exception:
                log.exception("not_ready")
                return _stay()
            try:
                _guarded(scanner, event_id)
            except AWAY as error:
                log.warning("database_away", exc_info=error)
                return _stay()
        return True

    def _opened(self) -> Scans:
        if self._scanner is None:
            self._scanner = self._open_scanner(self._settings, self._holder(os.getpid()))
        return self._scanner


def _guarded(scanner: Scans, event_id: UUID) -> None:
    """Scan, and let nothing but the database's absence out."""
    try:
        scanner.scan(event_id)
    except SoftTimeLimitExceeded:
        scanner.out_of_time()
    except AWAY:
        raise
    except Exception as error:
        log.exception("scan_broke")
        scanner.broke(error)


def _stay() -> bool:
    """Leave the message where it is, slowly: what is wrong will be wrong a little longer."""
    time.sleep(random.uniform(0.5, 1.5))  # noqa: S311 - spreads the children, decides nothing
    return False
