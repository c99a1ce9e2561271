"""Several senders' events in one transaction: under load, most of a commit's cost is shared.

What has come while the last transaction was under way makes up the next. Only where several came at once do
the next ones wait a moment for company: who comes alone is served at once.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from detector.reasons import Reason, Transient
from worker.intake.accept import Admission, Intake
from worker.notifications import Record

_THREADS = 2
"""One that waits for a lock must not hold up everyone."""
_LINGER = 0.008
"""Seconds of that moment: what it costs an answer, it saves the processor several times over."""
_MOST_RECORDS = 2000
_MOST_WAITING = 10_000


@dataclass(frozen=True, slots=True)
class _Request:
    admission: Admission
    answer: Future[list[UUID]] = field(default_factory=Future)


class Gatherer:
    """Accepts events as ``Intake`` does, and answers later. Safe to share between threads."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._queue: queue.Queue[_Request | None] = queue.Queue(_MOST_WAITING)
        self._threads = [
            threading.Thread(target=self._run, name=f"intake-{n}", daemon=True) for n in range(_THREADS)
        ]

    def start(self) -> None:
        """Begin to write."""
        for thread in self._threads:
            thread.start()

    def accept(self, records: Sequence[Record]) -> Future[list[UUID]]:
        """Have events committed; the future has their ids once they are.

        Raises:
            Rejected: ``bad_event``, ``bucket_not_allowed``: none of them can be taken.
            Transient: ``database_unavailable``: too many wait already.
        """
        request = _Request(self._intake.admit(records))
        try:
            self._queue.put_nowait(request)
        except queue.Full:
            raise Transient(
                Reason.DATABASE_UNAVAILABLE, "too many events wait for the database; send them again"
            ) from None
        return request.answer

    def close(self, seconds: float) -> None:
        """Write what was accepted, for at most ``seconds``."""
        self._queue.put(None)
        for thread in self._threads:
            thread.join(seconds)

    def _run(self) -> None:
        company = False
        while (first := self._queue.get()) is not None:
            if company:
                time.sleep(_LINGER)
            gathered = self._gathered(first)
            company = len(gathered) > 1
            self._write([request for request in gathered if _wanted(request)])
        self._queue.put(None)  # for the other threads

    def _gathered(self, first: _Request) -> list[_Request]:
        """The first and all that waits behind it, up to what one transaction should hold."""
        gathered, records = [first], len(first.admission.records)
        while records < _MOST_RECORDS:
            try:
                request = self._queue.get_nowait()
            except queue.Empty:
                break
            if request is None:
                self._queue.put(None)
                break
            gathered.append(request)
            records += len(request.admission.records)
        return gathered

    def _write(self, requests: Sequence[_Request]) -> None:
        """Write all at once; where that fails for a reason of one of them, each by itself."""
        try:
            answers = self._intake.write([request.admission for request in requests])
        except Exception as error:  # noqa: BLE001 - the sender is told of it
            if len(requests) == 1 or _away(error):
                for request in requests:
                    request.answer.set_exception(error)
            else:
                for request in requests:
                    self._write([request])
        else:
            for request, rows in zip(requests, answers, strict=True):
                request.answer.set_result([row.id for row in rows])


def _wanted(request: _Request) -> bool:
    """Whether the sender still waits; from here on it can't be called off."""
    return request.answer.set_running_or_notify_cancel()


def _away(error: Exception) -> bool:
    """The database did not answer, so that a second try now would wait in vain."""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return isinstance(error, PoolTimeoutError)
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))
