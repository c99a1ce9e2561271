"""A message in the parent's hands: where a child's death becomes known."""

from __future__ import annotations

import logging
from typing import Any, ClassVar
from uuid import UUID

from celery.exceptions import TimeLimitExceeded, WorkerLostError
from celery.worker.request import Request

from worker.tasks.parent import Parent

log = logging.getLogger(__name__)


class ScanRequest(Request):
    """Tells PostgreSQL how a child ended before Celery acknowledges or requeues the message."""

    supervisor: ClassVar[Parent]

    def on_failure(self, exc_info: Any, send_failed_event: bool = True, return_ok: bool = False) -> Any:  # noqa: FBT001, FBT002 - Celery's signature
        """Write down a death or a kill, then let Celery do its part."""
        error = getattr(exc_info.exception, "exc", exc_info.exception)  # billiard wraps what a child raised
        if isinstance(error, (WorkerLostError, TimeLimitExceeded, SystemExit)):
            self._tell(error)
        return super().on_failure(exc_info, send_failed_event=send_failed_event, return_ok=return_ok)

    def _tell(self, error: BaseException) -> None:
        pid: Any = self.worker_pid
        try:
            event_id = UUID(self.kwargs["event_id"])
            if isinstance(error, TimeLimitExceeded):
                self.supervisor.killed(event_id, pid)
            else:
                self.supervisor.died(event_id, pid)
        except Exception:
            # The sweeper finds the claim when its lease has run out.
            log.exception("obituary_failed")
