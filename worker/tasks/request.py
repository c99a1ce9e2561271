"""A message in the parent's hands: where a child's death becomes known."""

from __future__ import annotations

import logging
from typing import Any, ClassVar
from uuid import UUID

from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.worker.request import Request

from worker.tasks.acknowledgements import Acknowledgements
from worker.tasks.parent import Parent

log = logging.getLogger(__name__)


class _Supervised(Request):
    """Tells the parent how a child ended before Celery acknowledges or requeues the message."""

    supervisor: ClassVar[Parent]
    acknowledgements: ClassVar[Acknowledgements]
    _message: Any  # Celery's

    def acknowledge(self) -> None:
        """Acknowledge, and have it watched."""
        super().acknowledge()
        self.acknowledgements.ask(self._message)

    def reject(self, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - Celery's signature
        """Give back, and have it watched."""
        super().reject(requeue)
        self.acknowledgements.ask(self._message)

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:  # noqa: FBT001, FBT002 - Celery's signature
        """Write down a death or a kill, then let Celery do its part."""
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # billiard wraps what a child raised
        if isinstance(error, (WorkerLostError, TimeLimitExceeded, SystemExit)):
            try:
                self.tell(self.worker_pid, killed=isinstance(error, TimeLimitExceeded))
            except Exception:
                # The sweeper finds the claim when its lease has run out.
                log.exception("obituary_failed")
        return super().on_failure(exc_info, send_failed_event=send_failed_event, return_ok=return_ok)

    def tell(self, pid: Any, *, killed: bool) -> None:
        """Say that the child of this process id died, or was killed at its hard time limit."""
        raise NotImplementedError


class ScanRequest(_Supervised):
    """The scan of one event: its deaths are counted in PostgreSQL."""

    def tell(self, pid: Any, *, killed: bool) -> None:
        """See above."""
        event_id = UUID(self.kwargs["event_id"])
        (self.supervisor.killed if killed else self.supervisor.died)(event_id, pid)


class BackfillRequest(_Supervised):
    """A shift at a backfill: what kills child after child must end."""

    def tell(self, pid: Any, *, killed: bool) -> None:
        """See above."""
        self.supervisor.lost_backfill(UUID(self.kwargs["run_id"]), pid, killed=killed)
