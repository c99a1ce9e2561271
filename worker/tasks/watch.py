"""Notices a child's death at once, and says that the parent's loop turns.

billiard learns of a death when the child's end of a pipe closes, which the kernel does a moment before
the child can be waited for: asked too early, it then looks only every five seconds. By then a hard time
limit may have passed and a death look like a picture that took too long.
"""

from __future__ import annotations

import logging
from typing import Any

from billiard.util import get_logger
from celery import bootsteps

from worker.monitoring.line import Tells

_INTERVAL = 0.25
_BEAT = 1.0


class ChildWatch(bootsteps.StartStopStep):
    """Looks for dead children more often than the pool does by itself."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._watched: Any = None

    def register_with_event_loop(self, worker: Any, hub: Any) -> None:
        """Called whenever the loop begins, also after the broker was lost: one timer is enough."""
        if self._watched is hub:
            return
        self._watched = hub
        hub.call_repeatedly(_INTERVAL, worker.pool._pool.maintain_pool)
        pool_log = get_logger()
        pool_log.propagate, pool_log.handlers = True, []
        pool_log.setLevel(logging.ERROR)


def heartbeat(line: Tells) -> type[bootsteps.StartStopStep]:
    """A step that says every second, from within the parent's loop, how many children run."""

    class Heartbeat(bootsteps.StartStopStep):
        requires = ("celery.worker.components:Pool",)

        def __init__(self, parent: Any, **options: Any) -> None:
            super().__init__(parent, **options)
            self._beats_in: Any = None

        def register_with_event_loop(self, worker: Any, hub: Any) -> None:
            """As above: one timer is enough."""
            if self._beats_in is hub:
                return
            self._beats_in = hub
            hub.call_repeatedly(_BEAT, lambda: line.turned(len(worker.pool._pool._pool)))

    return Heartbeat
