"""What is done every so often from within the parent's loop: it looks after children and acknowledgements.

billiard learns of a death when the child's end of a pipe closes, which the kernel does a moment before
the child can be waited for: asked too early, it then looks only every five seconds. By then a hard time
limit may have passed and a death look like a picture that took too long.

kombu logs an acknowledgement that the broker did not take and leaves it at that. The message then counts
as held for ever; a worker whose children were all busy when the broker went away takes no other one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from billiard.util import get_logger
from celery import bootsteps

from worker.monitoring.line import Tells
from worker.tasks.acknowledgements import Acknowledgements

log = logging.getLogger(__name__)

_INTERVAL = 0.25
_BEAT = 1.0


class Repeated(bootsteps.StartStopStep):
    """Something that is done every so often, as long as there is a loop."""

    requires = ("celery.worker.components:Pool",)
    seconds = _INTERVAL

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._timer: Any = None

    def register_with_event_loop(self, worker: Any, hub: Any) -> None:
        """Called whenever the loop begins, also after the broker was lost, which may have ended the timer."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = hub.call_repeatedly(self.seconds, self.work(worker))

    def work(self, worker: Any, /) -> Callable[[], object]:
        """What is done."""
        raise NotImplementedError


class ChildWatch(Repeated):
    """Looks for dead children more often than the pool does by itself."""

    def work(self, worker: Any, /) -> Callable[[], object]:
        """See above."""
        pool_log = get_logger()
        pool_log.propagate, pool_log.handlers = True, []
        pool_log.setLevel(logging.ERROR)
        look: Callable[[], object] = worker.pool._pool.maintain_pool
        return look


def heartbeat(line: Tells) -> type[Repeated]:
    """A step that says every second, from within the parent's loop, how many children run."""

    class Heartbeat(Repeated):
        seconds = _BEAT

        def work(self, worker: Any, /) -> Callable[[], object]:
            return lambda: line.turned(len(worker.pool._pool._pool))

    return Heartbeat


def acknowledgement_watch(acknowledgements: Acknowledgements) -> type[Repeated]:
    """A step that has Celery connect anew where the broker did not take an acknowledgement."""

    class AcknowledgementWatch(Repeated):
        def work(self, _: Any, /) -> Callable[[], object]:
            return lambda: _check(acknowledgements)

    return AcknowledgementWatch


def _check(acknowledgements: Acknowledgements) -> None:
    if acknowledgements.lost():
        log.warning("acknowledgement_lost")
        raise ConnectionResetError("an acknowledgement was lost")  # what Celery connects anew after
