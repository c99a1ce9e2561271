"""Counts what reviewers do, by following the audit log: one place, through whichever process they did it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram
from sqlalchemy.orm import Session, sessionmaker

from db.models import HumanLabel, ItemKind, Stage
from db.queries import desk_log
from db.queries.desk_log import Entry

_PAGE = 1000
_SETTLED_SECONDS = 10.0
"""Age at which an entry is read. Ids are given out before commits: who reads at once passes over what commits
a moment later under a lower one."""
_DECISION_SECONDS = (2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)


class DeskMetrics:
    """What reviewers did, as the sweeper that leads reads it in the audit log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._claims = Counter(
            "artgate_review_claims_total",
            "Claims of review items, those included by which a decision covers near-duplicates.",
            ["kind"],
            registry=registry,
        )
        self._decisions = Counter(
            "artgate_review_decisions_total",
            "Decisions, by label, by stage, and by way: a person's own, a near-duplicate's, automatic.",
            ["label", "stage", "way"],
            registry=registry,
        )
        self._seconds = Histogram(
            "artgate_review_decision_seconds",
            "From the claim to a person's own decision, by stage.",
            ["stage"],
            registry=registry,
            buckets=_DECISION_SECONDS,
        )
        self.taken_back = Counter(
            "artgate_review_retractions_total", "Decisions that were taken back.", registry=registry
        )
        for kind in ItemKind:
            self._claims.labels(kind)
        for label in HumanLabel:
            self._decisions.labels(label, Stage.FIRST, "person")

    def claimed(self, kind: str) -> None:
        """Count a claim."""
        self._claims.labels(kind).inc()

    def decided(self, label: str, stage: str, way: str, seconds: float | None) -> None:
        """Count a decision, and the time that a person took for it."""
        self._decisions.labels(label, stage, way).inc()
        if way == "person" and seconds is not None:
            self._seconds.labels(stage).observe(seconds)


class DeskTail:
    """Reads on where it stopped. Only the sweeper that leads does, so nothing is counted twice.

    What came before the first look is not counted: a counter tells of its process's time. Nor is an entry
    whose transaction took longer than ``settled_seconds`` to commit.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        metrics: DeskMetrics,
        *,
        settled_seconds: float = _SETTLED_SECONDS,
    ) -> None:
        self._sessions = sessions
        self._metrics = metrics
        self._settled = settled_seconds
        self._last: int | None = None

    def rest(self) -> None:
        """Another sweeper leads: begin anew at the end when it is this one's turn."""
        self._last = None

    def read(self) -> bool:
        """Count a page of what came in. True where more waits."""
        with self._sessions() as session:
            if self._last is None:
                self._last = desk_log.end(session, settled_seconds=self._settled)
                return False
            entries = desk_log.after(session, self._last, settled_seconds=self._settled, limit=_PAGE)
        for entry in entries:
            self._count(entry)
            self._last = entry.id
        return len(entries) == _PAGE

    def _count(self, entry: Entry) -> None:
        body = entry.body
        if entry.claims:
            self._metrics.claimed(body["kind"])
        if entry.kind == "decided":
            way = "automatic" if body.get("automatic") else "near" if body.get("cited_id") else "person"
            self._metrics.decided(body["label"], body["stage"], way, entry.claim_seconds)
        if entry.kind == "taken_back":
            self._metrics.taken_back.inc()
