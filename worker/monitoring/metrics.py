"""Every metric of artgate but those of reviewers, which ``desk`` has: name, unit, labels.

Nothing else in the code names one. Labels are words of a closed list (states, stages, outcomes, reason codes,
routes of the hook), never an id, a key, an uploader or a message, so that the number of series is bounded by
the code. Times are seconds, sizes bytes. A process has the groups that it fills, so no other one tells zeros
in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from db.models import (
    EventState,
    ItemKind,
    ItemState,
    MessageState,
    VerdictLabel,
    WorkQueue,
)
from db.models.events import TERMINAL
from db.queries.deadlines import Waiting
from db.queries.figures import Backlog, Ready
from worker.dispatch import Depth
from worker.monitoring.telling import ChildEnd, ScanOutcome, ScanSeen

disable_created_metrics()  # type: ignore[no-untyped-call]  # a third series beside each counter, of no use here
_SCAN_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 20.0, 40.0)
_STAGE_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0)
_ANSWER_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
WAITING = tuple(state for state in EventState if state not in TERMINAL)
"""States of an event whose work is not finished."""
ASKED = (ItemState.OPEN, ItemState.CLAIMED)
"""States of a review item without a decision."""
KEPT = (MessageState.PENDING, MessageState.DEAD)
"""States of a message that the platform has not got."""


class ProcessMetrics:
    """What every process tells of itself.

    Args:
        registry: takes the metrics.
        process: hook, console, worker, sweeper, relay or sqs.
        pid: of the process that is told of; None for this one.
    """

    def __init__(self, registry: CollectorRegistry, process: str, pid: int | None = None) -> None:
        told = Gauge("artgate_build_info", "Which version runs.", ["process", "version"], registry=registry)
        told.labels(process, version("artgate")).set(1)
        self.pulse_age = Gauge(
            "artgate_pulse_age_seconds", "Time since the process's loop turned last.", registry=registry
        )
        ProcessCollector(registry=registry, pid=(lambda: pid) if pid else lambda: "self")


class ScanMetrics:
    """What a worker's children and their parent have seen."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "artgate_scan_attempts_total", "Ends of claims, by how.", ["outcome"], registry=registry
        )
        self._reasons = Counter(
            "artgate_scan_reasons_total",
            "Claims that ended without a verdict, by how and by reason code.",
            ["outcome", "reason"],
            registry=registry,
        )
        self._verdicts = Counter(
            "artgate_verdicts_total", "New verdicts of scans, by label.", ["label"], registry=registry
        )
        self._scan_seconds = Histogram(
            "artgate_scan_seconds",
            "From the claim to its end, by how it ended.",
            ["outcome"],
            registry=registry,
            buckets=_SCAN_SECONDS,
        )
        self._stage_seconds = Histogram(
            "artgate_scan_stage_seconds",
            "Each stage of a scan: fetch, decode, features, embedding, ensemble, veto.",
            ["stage"],
            registry=registry,
            buckets=_STAGE_SECONDS,
        )
        self._child_ends = Counter(
            "artgate_child_ends_total",
            "Children that died, or were killed at the hard time limit, at their work.",
            ["cause"],
            registry=registry,
        )
        self.children = Gauge("artgate_worker_children", "Children that are running.", registry=registry)
        for outcome in ScanOutcome:
            self._attempts.labels(outcome)
        for label in VerdictLabel:
            self._verdicts.labels(label)
        for cause in ChildEnd:
            self._child_ends.labels(cause)

    def scanned(self, seen: ScanSeen) -> None:
        """Count the end of a claim."""
        self._attempts.labels(seen.outcome).inc()
        self._scan_seconds.labels(seen.outcome).observe(seen.seconds)
        for stage, milliseconds in seen.stage_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)
        if seen.label is not None:
            self._verdicts.labels(seen.label).inc()
        if seen.reason is not None:
            self._reasons.labels(seen.outcome, seen.reason).inc()

    def child_ended(self, cause: ChildEnd) -> None:
        """Count a child that ended at its work."""
        self._child_ends.labels(cause).inc()


class HookMetrics:
    """What the hook was asked and how it answered."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "artgate_hook_requests_total",
            "Requests, by route and status.",
            ["route", "status"],
            registry=registry,
        )
        self._seconds = Histogram(
            "artgate_hook_request_seconds",
            "From the request's head to the end of the answer, by route.",
            ["route"],
            registry=registry,
            buckets=_ANSWER_SECONDS,
        )
        self.events = Counter(
            "artgate_hook_events_total", "Events that were answered with 202.", registry=registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, status).inc()
        self._seconds.labels(route).observe(seconds)


class SqsMetrics:
    """What was taken out of queues of SQS."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._messages = Counter(
            "artgate_sqs_messages_total",
            "Messages received: taken in and deleted, or left to the queue's redrive policy.",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("taken", "left"):
            self._messages.labels(outcome)

    def taken(self, count: int, *, left: int) -> None:
        """Count what one request gave."""
        self._messages.labels("taken").inc(count)
        self._messages.labels("left").inc(left)


class RelayMetrics:
    """What the relay delivered."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._deliveries = Counter(
            "artgate_deliveries_total",
            "Tries to tell the platform: delivered, failed and to be tried again, given up as dead.",
            ["outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "artgate_delivery_seconds",
            "How long the receiver took to answer, or to fail.",
            registry=registry,
            buckets=_ANSWER_SECONDS,
        )
        self.delivers = Gauge(
            "artgate_relay_delivers",
            "1 where a webhook is set, 0 where messages are kept.",
            registry=registry,
        )
        for outcome in ("delivered", "failed", "dead"):
            self._deliveries.labels(outcome)

    def tried(self, outcome: str, seconds: float) -> None:
        """Count a try."""
        self._deliveries.labels(outcome).inc()
        self._seconds.observe(seconds)


class SweeperMetrics:
    """What the sweeper mended."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.leads = Gauge(
            "artgate_sweeper_leads", "1 where this sweeper sweeps, 0 where it stands by.", registry=registry
        )
        self.audit_broken = Gauge(
            "artgate_audit_broken",
            "1 where this sweeper found that the audit log's chain can't be continued.",
            registry=registry,
        )
        self._swept = Counter(
            "artgate_swept_events_total",
            "Events that the sweeper moved: due ones enqueued, missing ones enqueued again, all after the"
            " broker was wiped (rebuilt), those of lapsed leases put back (lapsed) or ended (dead).",
            ["way"],
            registry=registry,
        )
        for way in ("due", "missing", "rebuilt", "lapsed", "dead"):
            self._swept.labels(way)

    def swept(self, way: str, events: int) -> None:
        """Count events that were moved."""
        self._swept.labels(way).inc(events)


class FigureMetrics:
    """How much waits and since when, read from PostgreSQL and the broker when it is asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"artgate_{name}", text, labels, registry=registry)

        self.database_up = gauge("database_up", "1 where PostgreSQL answered, else 0.")
        self.broker_up = gauge("broker_up", "1 where the broker answered, else 0.")
        self._events = gauge("events_waiting", "Events whose work is not finished.", "queue", "state")
        self._events_age = gauge(
            "events_oldest_seconds", "Age of the oldest of them; 0 where none waits.", "queue", "state"
        )
        self._items = gauge("review_items", "Review items without a decision.", "kind", "state")
        self._items_age = gauge(
            "review_oldest_seconds", "Age of the oldest of them; 0 where none waits.", "kind", "state"
        )
        self._ready = gauge("review_ready_items", "Review items that someone could claim now.", "kind")
        self._ready_age = gauge(
            "review_ready_oldest_seconds", "Age of the oldest of them; 0 where there is none.", "kind"
        )
        self._overdue = gauge("review_overdue_items", "Of them, those past their service level.", "kind")
        self._appeals = gauge("appeals_waiting", "Appeals without a decision.")
        self._late_appeals = gauge("appeals_late", "Of them, those past their deadline.")
        self._outbox = gauge("outbox_messages", "Messages that the platform has not got.", "state")
        self._outbox_age = gauge(
            "outbox_oldest_seconds", "Age of the oldest of them; 0 where there is none.", "state"
        )
        self._messages = gauge("broker_ready_messages", "Messages that no worker has taken yet.", "queue")
        self.unacked = gauge("broker_unacked_messages", "Messages that workers hold.")

    def set_events(self, found: Mapping[tuple[WorkQueue, EventState], Backlog]) -> None:
        """Tell of every queue and state, of those too where nothing waits."""
        for queue in WorkQueue:
            for state in WAITING:
                _set(self._events, self._events_age, found.get((queue, state)), queue, state)

    def set_items(self, found: Mapping[tuple[ItemKind, ItemState], Backlog]) -> None:
        """Tell of every kind and state."""
        for kind in ItemKind:
            for state in ASKED:
                _set(self._items, self._items_age, found.get((kind, state)), kind, state)

    def set_ready(self, found: Mapping[ItemKind, Ready]) -> None:
        """Tell of every kind of item that someone could claim now."""
        for kind in ItemKind:
            ready = found.get(kind)
            _set(self._ready, self._ready_age, None if ready is None else ready.backlog, kind)
            self._overdue.labels(kind).set(0 if ready is None else ready.overdue)

    def set_appeals(self, found: Waiting) -> None:
        """Tell of the appeals."""
        self._appeals.set(found.open)
        self._late_appeals.set(found.late)

    def set_messages(self, state: MessageState, found: Backlog) -> None:
        """Tell of the outbox."""
        _set(self._outbox, self._outbox_age, found, state)

    def set_depth(self, depth: Depth) -> None:
        """Tell of the broker."""
        for queue, messages in depth.ready.items():
            self._messages.labels(queue).set(messages)
        self.unacked.set(depth.unacked)


def _set(counts: Gauge, ages: Gauge, found: Backlog | None, *labels: str) -> None:
    counts.labels(*labels).set(found.count if found else 0)
    ages.labels(*labels).set((found.oldest_seconds if found else None) or 0.0)
