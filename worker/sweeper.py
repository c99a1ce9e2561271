"""The sweeper: enqueues what PostgreSQL knows and no message will bring.

Four ways lead here: an event that was committed and never enqueued, one whose time to be tried again has
come, one whose lease ran out, and one whose message vanished with the broker. The last is the delicate
one, because a long backlog looks the same from the row: messages are made anew only for as many events as
the broker holds too few, or for all after it lost its epoch mark, so a backlog never multiplies.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime

from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.models.events import WorkQueue
from db.queries import sweeps
from db.queries.events import mark_queued
from db.queries.sweeps import Due
from detector.reasons import Fault
from worker import clock, erasure
from worker.attempts import limits_of
from worker.audit.chainer import BATCH, Chainer, keyring
from worker.dispatch import Dispatcher
from worker.drift.watch import DriftWatch
from worker.leadership import Leadership
from worker.logs import fields
from worker.loop import repeat
from worker.monitoring.desk import DeskMetrics, DeskTail
from worker.monitoring.drift import DriftMetrics
from worker.monitoring.figures import Figures
from worker.monitoring.health import broker_ready
from worker.monitoring.metrics import FigureMetrics, SweeperMetrics
from worker.monitoring.process import Monitoring
from worker.monitoring.retention import RetentionMetrics
from worker.monitoring.rollouts import RolloutMetrics
from worker.retention.forgetting import Forgetting, rules_of
from worker.retention.weeks import Weeks, kept_days
from worker.review.placing import policy_in_force
from worker.review.upkeep import Upkeep
from worker.rollout.watch import RolloutWatch
from worker.settings import Settings

log = logging.getLogger(__name__)

PLACE = 0x61727467_73776570
"""Number of the advisory lock that makes one sweeper at a time the one that sweeps."""
_WHOLE = "whole:"
_REBUILDING = "rebuilding:"


class Sweeper:
    """One round after another over the events; each leaves the queue as PostgreSQL wants it."""

    def __init__(
        self,
        settings: Settings,
        *,
        sessions: sessionmaker[Session],
        dispatcher: Dispatcher,
        metrics: SweeperMetrics | None = None,
        beat: Callable[[], None] = lambda: None,
        stop: threading.Event | None = None,
    ) -> None:
        """Bind the parts.

        Args:
            settings: grace, deadline and batch.
            sessions: on the database that keeps the events.
            dispatcher: takes the messages.
            metrics: counts what is moved.
            beat: called with each batch of a long round: it is alive.
            stop: ends a long round after the batch under way.
        """
        self._settings = settings
        self._limits = limits_of(settings)
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._metrics = metrics or SweeperMetrics(CollectorRegistry())
        self._beat = beat
        self._stop = stop or threading.Event()

    def sweep(self) -> bool:
        """One round.

        Returns:
            True when more of the same waits, so that the next round should follow at once.
        """
        more = self._take_back()
        epoch = self._dispatcher.epoch()
        if epoch is None:  # down or silent: the rows wait
            return False
        if epoch != "durable" and not epoch.startswith(_WHOLE):
            self._rebuild()
        return any([more, self._enqueue_due(), *map(self._enqueue_missing, WorkQueue)])

    def _take_back(self) -> bool:
        batch = self._settings.sweep_batch
        with self._sessions.begin() as session:
            lapsed = sweeps.lapse_leases(session, limit=batch, limits=self._limits, new_id=clock.new_id)
        if lapsed.put_back or lapsed.dead:
            log.warning("leases_lapsed", extra=fields(put_back=lapsed.put_back, dead=lapsed.dead))
            self._metrics.swept("lapsed", lapsed.put_back)
            self._metrics.swept("dead", lapsed.dead)
        return lapsed.put_back + lapsed.dead == batch

    def _enqueue_due(self) -> bool:
        """Enqueue what has no message and should have one."""
        batch = self._settings.sweep_batch
        with self._sessions.begin() as session:
            due = sweeps.due_for_enqueue(session, limit=batch, grace_seconds=self._settings.sweep_grace)
            return self._publish(session, due, "due") == batch

    def _enqueue_missing(self, queue: WorkQueue) -> bool:
        """Enqueue again what has waited too long, as far as the broker holds too few messages."""
        depth = self._dispatcher.depth()
        if depth is None:
            return False
        batch = self._settings.sweep_batch
        with self._sessions.begin() as session:
            late = sweeps.overdue(
                session, queue, limit=batch, deadline_seconds=self._settings.queued_deadline
            )
            if not late:
                return False
            # Messages under way belong to any queue: counting them for each errs towards patience.
            missing = sweeps.queued_counts(session)[queue] - depth.ready[queue] - depth.unacked
            return self._publish(session, late[: max(0, missing)], "missing") == batch

    def _rebuild(self) -> None:
        """Enqueue everything that was queued when the broker was found without its mark.

        The mark says "whole" only when all is done and no second wipe came in between; where this process
        must end before, the next one begins again.
        """
        mark = f"{_REBUILDING}{clock.new_id()}"
        with self._sessions() as session:
            begun = sweeps.moment(session)
        if not self._dispatcher.mark_epoch(mark):
            return
        moved = sum(self._requeue(queue, begun) for queue in WorkQueue)
        log.warning("queue_rebuilt", extra=fields(enqueued=moved))
        if self._dispatcher.epoch() == mark and not self._stop.is_set():
            self._dispatcher.mark_epoch(mark.replace(_REBUILDING, _WHOLE))

    def _requeue(self, queue: WorkQueue, begun: datetime) -> int:
        """Enqueue what was queued before `begun`, in batches; what a batch has moved is younger."""
        moved, batch = 0, self._settings.sweep_batch
        while True:
            with self._sessions.begin() as session:
                lost = sweeps.queued_before(session, queue, limit=batch, begun=begun)
                sent = self._publish(session, lost, "rebuilt")
            moved += sent
            if sent < batch or self._stop.is_set():
                return moved

    def _publish(self, session: Session, events: Iterable[Due], way: str) -> int:
        """Publish a message for each and mark it; stops at the first that the broker does not take."""
        self._beat()
        sent = []
        for event in events:
            if not self._dispatcher.send(event.id, event.queue, event.trace):
                break
            sent.append(event.id)
        if sent:
            mark_queued(session, sent)
            log.info("enqueued", extra=fields(events=len(sent)))
            self._metrics.swept(way, len(sent))
        return len(sent)


def run(settings: Settings, stop: threading.Event) -> None:
    """Sweep until `stop` is set, whenever no other sweeper does."""
    url = settings.database_url.get_secret_value()
    engine = make_engine(url, application="artgate sweeper", pool_size=2)
    leadership = Leadership(make_engine(url, application="artgate sweeper", pooled=False), PLACE)
    dispatcher = Dispatcher(settings)
    sessions = make_sessions(engine)
    monitoring = Monitoring(settings, "sweeper")
    metrics, beat = SweeperMetrics(monitoring.registry), monitoring.pulse.beat
    sweeper = Sweeper(
        settings,
        sessions=sessions,
        dispatcher=dispatcher,
        metrics=metrics,
        beat=beat,
        stop=stop,
    )
    upkeep = Upkeep(sessions, batch=settings.sweep_batch, undo_seconds=settings.review_undo_seconds)
    chain = _chaining(settings, sessions, metrics)
    watch = RolloutWatch(
        sessions, lambda session: policy_in_force(session).policy.rollout, RolloutMetrics(monitoring.registry)
    )
    drift = DriftWatch(sessions, DriftMetrics(monitoring.registry))
    tail = DeskTail(sessions, DeskMetrics(monitoring.registry))
    aged = RetentionMetrics(monitoring.registry)
    weeks = Weeks(kept_days(settings), sessions=sessions, metrics=aged)
    forgetting = Forgetting(rules_of(settings), sessions=sessions, metrics=aged, batch=settings.sweep_batch)

    def step() -> bool:
        leads = leadership.held()
        metrics.leads.set(leads)
        if not leads:
            tail.rest()
            weeks.rest()
            drift.rest()
            return False
        watch.round()
        drift.round()
        weeks.round()
        more = [sweeper.sweep(), upkeep.round(), erasure.proceed_oldest(sessions), chain(), tail.read()]
        return any([*more, forgetting.round()])

    with _served(settings, monitoring):
        repeat(step, stop=stop, interval=settings.sweep_interval, beat=beat)
    leadership.close()
    dispatcher.close()
    engine.dispose()


def _chaining(
    settings: Settings, sessions: sessionmaker[Session], metrics: SweeperMetrics
) -> Callable[[], bool]:
    """A step that chains the audit log; a chain that is broken is said once and left as it is.

    It has more to do where it took a whole batch: people at work add entries all the time, and the few that
    came meanwhile wait for the next sweep.
    """
    if not settings.audit_keys:
        log.warning("audit_unchained", extra=fields(then="entries wait until ARTGATE_AUDIT_KEYS is set"))
        return lambda: False
    chainer = Chainer(sessions, keyring(settings))
    said: set[str] = set()

    def step() -> bool:
        try:
            more = chainer.chain() == BATCH
        except Fault as error:
            metrics.audit_broken.set(1)
            if error.message not in said:
                log.error("audit_broken", extra=fields(detail=error.message))  # noqa: TRY400 - a sentence
            said.add(error.message)
            return False
        metrics.audit_broken.set(0)
        return more

    return step


def _served(settings: Settings, monitoring: Monitoring) -> AbstractContextManager[None]:
    """The sweeper's port, which also tells what waits in PostgreSQL and at the broker.

    Its line to the broker is its own, so that a scrape and a sweep never wait for each other.
    """
    line = Dispatcher(settings)
    figures = Figures(FigureMetrics(monitoring.registry), sessions=monitoring.sessions, dispatcher=line)
    return monitoring.served(monitoring.exposition(figures.refresh), monitoring.health(broker_ready(line)))
