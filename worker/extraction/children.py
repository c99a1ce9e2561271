"""Hands jobs to measuring processes; one that dies takes the picture with it that it was at, and no other."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from detector.reasons import ArtgateError, Fault, Reason
from worker.extraction.child import READY, main
from worker.extraction.order import MeasuringOrder
from worker.extraction.wanted import Job, Record

_FAREWELL = 5.0
"""Seconds that a process gets to end by itself."""


def work_on(jobs: Iterable[Job], order: MeasuringOrder, count: int) -> Iterator[tuple[Job, Record]]:
    """Measure on several processes; gives records as they come, those of one file in its job's order.

    Args:
        jobs: taken one by one, as processes become free.
        order: how to measure.
        count: processes at most; they are started when there is a job for them.

    Yields:
        The job as it was given, and one record for each of its deliveries. Of a picture whose process died,
        the reason is ``scan_died`` and the hash is empty.

    Raises:
        Fault: no process can be started: it says why.
    """
    waiting = iter(jobs)
    children: list[_Child] = []
    try:
        for job in waiting:
            children.append(_Child(order, job))
            if len(children) == count:
                break
        while busy := [child for child in children if child.job is not None]:
            pipes = {child.pipe: child for child in busy}
            for pipe in wait(list(pipes)):
                child = pipes[pipe]  # type: ignore[index]  # these are the connections that it was given
                yield from child.hear()
                if child.idle:
                    child.give(next(waiting, None))
    finally:
        for child in children:
            child.dismiss()
        for child in children:
            child.end()


class _Child:
    """A place for a process: another one takes it where one has died."""

    def __init__(self, order: MeasuringOrder, job: Job) -> None:
        self.job: Job | None = None
        self._left = job
        self._order = order
        self._process: BaseProcess | None = None
        self._ready = False
        self.give(job)

    @property
    def idle(self) -> bool:
        """Whether nothing of its job is left."""
        return not self._left.deliveries

    def give(self, job: Job | None) -> None:
        """Hand it the next job, or none: then it has no more to do."""
        self.job = job
        if job is not None:
            self._left = job
            self._go_on()

    def hear(self) -> Iterator[tuple[Job, Record]]:
        """What it has to say: one record at most.

        Raises:
            ArtgateError: the process says that it can't measure.
            Fault: ``internal_error``: it died before it could.
        """
        assert self.job is not None, "only a process with a job is listened to"
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            yield self.job, self._died()
            return
        if isinstance(said, ArtgateError):
            raise said
        if said == READY:
            self._ready = True
            self._go_on()
        else:
            self._left = replace(self._left, deliveries=self._left.deliveries[1:])
            yield self.job, said

    def dismiss(self) -> None:
        """Close the pipe, with which the process ends; one that is at work is ended at once."""
        self.pipe.close()
        if self._process is not None and self.job is not None:
            self._process.terminate()

    def end(self) -> None:
        """Wait for the end of a dismissed process, or make it."""
        if self._process is None:
            return
        self._process.join(_FAREWELL)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self._process = None

    def _go_on(self) -> None:
        """Start a process where there is none; hand one that is ready what is left."""
        if self._process is None:
            self._start()
        elif self._ready:
            with suppress(OSError):  # it has died, which is heard next
                self.pipe.send(self._left)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe: Connection
        self.pipe, theirs = context.Pipe()
        self._ready = False
        self._process = context.Process(target=main, args=(theirs, self._order), daemon=True)
        self._process.start()
        theirs.close()

    def _died(self) -> Record:
        """The record of what took the process with it; another process begins with the rest of the job."""
        if not self._ready:
            raise Fault(
                Reason.INTERNAL_ERROR,
                "a measuring process died while it started; free some memory and run it again",
            )
        self.dismiss()
        self.end()
        lost, *rest = self._left.deliveries
        self._left = replace(self._left, deliveries=tuple(rest))
        if rest:
            self._start()
        return Record(sha256="", delivery=lost, reason=Reason.SCAN_DIED)
