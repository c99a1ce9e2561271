"""One child of a worker: what it holds from its fork to its end, and the last line of defence."""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol, TypeAlias
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import InterfaceError, OperationalError

from detector.reasons import ArtgateError
from worker import tracing
from worker.logs import bound, fields, trouble
from worker.monitoring.line import Nobody, Tells
from worker.monitoring.telling import Opened
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


class WorksShifts(Protocol):
    """What a child works at backfills with."""

    def work(self, run_id: UUID) -> bool:
        """Work at a run for a while. False when the message at hand must stay."""

    def give_up(self, run_id: UUID) -> None:
        """End the run as failed."""

    def close(self) -> None:
        """Give back what was opened."""


OpenScanner: TypeAlias = Callable[[Settings, str], Scans]
OpenShift: TypeAlias = Callable[[Settings], WorksShifts]


class Child:
    """Made in the parent, opened in each child: a fork must not share connections, models or locks."""

    def __init__(
        self,
        settings: Settings,
        open_scanner: OpenScanner,
        open_shift: OpenShift,
        *,
        holder: Callable[[int], str],
        line: Tells | None = None,
    ) -> None:
        self._settings = settings
        self._open_scanner = open_scanner
        self._holder = holder
        self._line = line or Nobody()
        self._scanner: Scans | None = None
        self._open_shift = open_shift
        self._shift: WorksShifts | None = None
        self._rests_until = 0.0
        self._failures: Counter[UUID] = Counter()

    def open(self, **_: object) -> None:
        """Make the scanner and load the models, before Celery counts the child as up."""
        tracing.begin(self._settings, "worker")
        self._line.tell(Opened(trouble=self._warm_up()))

    def _warm_up(self) -> str | None:
        """Say what is wrong; None where the child can scan."""
        try:
            self._opened().warm_up()
        except ArtgateError as error:
            log.error("not_ready", extra=fields(reason=error.reason, why=error.message))  # noqa: TRY400 - it says what to do
            return error.message
        except AWAY as error:
            log.warning("database_away", extra=trouble(error))
            return "the database was away when a child began; the first scan tries again"
        except Exception:
            log.exception("not_ready")
            return "a child can't load its models; the worker's log says why"
        return None

    def close(self, **_: object) -> None:
        """Give back connections and decoder processes."""
        for opened in (self._scanner, self._shift):
            if opened is not None:
                opened.close()
        tracing.end()

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
                log.warning("database_away", extra=trouble(error))
                return _stay()
        return True

    def backfill(self, run_id: UUID) -> bool:
        """Work a shift at a backfill.

        Returns:
            False when the message must stay: the run goes on later.
        """
        if time.monotonic() < self._rests_until:
            return _stay()
        with bound(run_id=str(run_id)):
            try:
                return self._shift_opened().work(run_id) or _stay()
            except AWAY as error:
                log.warning("database_away", extra=trouble(error))
            except ArtgateError as error:
                self._rests_until = time.monotonic() + self._settings.fault_delay
                log.warning("backfill_waits", extra=fields(reason=error.reason, why=error.message))
            except Exception:  # running out of time included
                log.exception("backfill_broke")
                return self._give_up(run_id) or _stay()
        return _stay()

    def _give_up(self, run_id: UUID) -> bool:
        """End a run that breaks time after time: it would do so for ever."""
        self._failures[run_id] += 1
        if self._failures[run_id] < self._settings.max_attempts:
            return False
        self._shift_opened().give_up(run_id)
        return True

    def _shift_opened(self) -> WorksShifts:
        if self._shift is None:
            self._shift = self._open_shift(self._settings)
        return self._shift

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
