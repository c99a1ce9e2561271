"""The worker's parent: it runs no detector, and writes down how its children end."""

from __future__ import annotations

import logging
import socket
from collections import Counter
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.models.backfills import BackfillState
from db.queries import backfills, claims
from detector.reasons import Reason
from worker import clock
from worker.attempts import REFUSAL_PRIORITY, limits_of
from worker.logs import fields
from worker.monitoring.line import Nobody, Tells
from worker.monitoring.telling import ChildEnd, Ended
from worker.settings import Settings

log = logging.getLogger(__name__)


class Parent:
    """Knows each child by its process id, and the name under which it claims events.

    Its connections are opened for one use and closed after: children are forked off at any moment, and
    must find none.
    """

    def __init__(self, settings: Settings, line: Tells | None = None) -> None:
        self._settings = settings
        self._line = line or Nobody()
        self._instance = f"{socket.gethostname()}:{clock.new_id()}"
        self._lost_shifts: Counter[UUID] = Counter()

    def holder(self, pid: int) -> str:
        """The name under which the child of this process id claims: no other process ever had it."""
        return f"{self._instance}:{pid}"

    def died(self, event_id: UUID, pid: int) -> None:
        """Count the death of a child with this event in its hands, so that the third is the last.

        The event may be claimed again at once: its message comes back by itself.
        """
        with self._sessions().begin() as session:
            state = claims.holder_died(
                session,
                event_id,
                self.holder(pid),
                reason=Reason.SCAN_DIED,
                detail="The process that scanned it died.",
                limits=limits_of(self._settings),
                new_id=clock.new_id,
            )
        log.error("child_died", extra=fields(event_id=str(event_id), pid=pid, event_is=state))
        self._line.tell(Ended(cause=ChildEnd.DIED))

    def killed(self, event_id: UUID, pid: int) -> None:
        """End an event whose child was killed at its hard time limit, with that reason."""
        with self._sessions().begin() as session:
            lease = claims.lease_of(session, event_id, self.holder(pid))
            ended = lease is not None and claims.refuse(
                session,
                event_id,
                lease,
                reason=Reason.TIME_LIMIT,
                detail="The scan took too long and was stopped.",
                review_priority=REFUSAL_PRIORITY,
                new_id=clock.new_id,
            )
        log.error("child_killed", extra=fields(event_id=str(event_id), pid=pid, ended=ended))
        self._line.tell(Ended(cause=ChildEnd.KILLED))

    def lost_backfill(self, run_id: UUID, pid: int, *, killed: bool) -> None:
        """Count a child that ended at a backfill; the third one, or a kill, ends the run as failed.

        The message of a child that died comes back by itself, and the run goes on at its last page. That of
        a child that was killed is gone, and the run would stand. A run that is begun again leaves out what
        has been judged.
        """
        self._lost_shifts[run_id] += 1
        failed = killed or self._lost_shifts[run_id] >= self._settings.max_attempts
        if failed:
            with self._sessions().begin() as session:
                backfills.finish(session, run_id, BackfillState.FAILED)
        log.error("backfill_lost", extra=fields(run_id=str(run_id), pid=pid, failed=failed))
        self._line.tell(Ended(cause=ChildEnd.KILLED if killed else ChildEnd.DIED))

    def _sessions(self) -> sessionmaker[Session]:
        url = self._settings.database_url.get_secret_value()
        return make_sessions(make_engine(url, application="artgate worker", pooled=False, connect_timeout=2))
