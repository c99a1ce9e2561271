"""A worker's share of a backfill: a few seconds of pages, then the message is handed on.

Short shifts let uploads come between, and stay far below the time limits of a worker's tasks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.models.backfills import BackfillState
from db.queries import backfills
from worker.backfill.judge import open_gallery, open_registered_judge
from worker.backfill.run import Judge, step
from worker.backfill.throttle import Throttle
from worker.dispatch import Dispatcher
from worker.settings import Settings

_SECONDS = 5.0
_REST = 0.5
"""Seconds before a run that gave way hands its message on, so that it does not go round and round."""


class Shift:
    """What a child of a worker needs to work at backfills.

    Args:
        sessions: of the child.
        open_judge: gives the judge of a bundle, by its id; called when another bundle is asked for.
        dispatcher: hands the message on.
        throttle: ends a shift for uploads that wait.
        seconds: length of a shift.
        stack: what ends with it.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        open_judge: Callable[[str], Judge],
        dispatcher: Dispatcher,
        throttle: Throttle,
        *,
        seconds: float = _SECONDS,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
        stack: ExitStack | None = None,
    ) -> None:
        self._stack = stack or ExitStack()
        self._sessions = sessions
        self._open_judge = open_judge
        self._dispatcher = dispatcher
        self._throttle = throttle
        self._rest = rest
        self._seconds = seconds
        self._clock = clock
        self._judge: Judge | None = None

    def work(self, run_id: UUID) -> bool:
        """Judge and write pages of a run until the shift is over, or an upload has waited for too long.

        Returns:
            False when the run goes on and the broker did not take the message that hands it on: the
            message at hand must stay.

        Raises:
            Fault: the bundle can't be loaded here.
            Transient: a picture that the veto needs can't be had just now.
        """
        with self._sessions() as session:
            run = backfills.get(session, run_id)
        if run is None or not run.goes_on:
            return True
        judge, until = self._judge_of(run.bundle_id), self._clock() + self._seconds
        while self._clock() < until:
            if self._throttle.uploads_wait:
                self._rest(_REST)
                break
            stepped = step(self._sessions, run_id, judge)
            if stepped is None or not stepped.goes_on:
                return True  # ended or paused, or another worker has it: one message a run is enough
        return self._dispatcher.send_backfill(run_id)

    def give_up(self, run_id: UUID) -> None:
        """End a run as failed; what it wrote stays, and a run that is begun again goes on behind it."""
        with self._sessions.begin() as session:
            backfills.finish(session, run_id, BackfillState.FAILED)

    def close(self) -> None:
        """Give back what was opened for it."""
        self._stack.close()

    def _judge_of(self, bundle_id: str) -> Judge:
        if self._judge is None or self._judge.bundle_id != bundle_id:
            self._judge = None  # let go of one bundle before another is loaded
            self._judge = self._open_judge(bundle_id)
        return self._judge


def open_shift(settings: Settings) -> Shift:
    """What a child works at backfills with. Call it after the fork: it opens connections."""
    url, stack = settings.database_url.get_secret_value(), ExitStack()
    engine = make_engine(url, application="artgate backfill", pool_size=1)
    sessions, dispatcher, gallery = make_sessions(engine), Dispatcher(settings), open_gallery(settings)
    for close in (engine.dispose, dispatcher.close, gallery.close):
        stack.callback(close)
    return Shift(
        sessions,
        lambda bundle_id: open_registered_judge(settings, sessions, gallery, bundle_id),
        dispatcher,
        Throttle(sessions, settings.backfill_upload_age),
        stack=stack,
    )
