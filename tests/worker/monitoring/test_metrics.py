"""The metrics: their names, their units, and labels that can't grow without bound."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest

from db.models import EventState, ItemKind, ItemState, MessageState, WorkQueue
from db.queries.deadlines import Waiting
from db.queries.figures import Backlog, Ready
from tests.worker.monitoring.catalogue import labels_of_all, registry_of_all, value
from worker.dispatch import Depth
from worker.monitoring.metrics import FigureMetrics, ProcessMetrics, ScanMetrics
from worker.monitoring.telling import ChildEnd, ScanOutcome, ScanSeen

BOUNDED = {"process", "version"} | {"queue", "state", "kind", "label", "reason", "outcome", "cause"}
BOUNDED |= {"le", "route", "status", "stage", "way", "basis", "table", "measure"}
SCANNED = ScanSeen(
    outcome=ScanOutcome.VERDICT, seconds=0.4, stage_ms={"fetch": 20.0, "veto": 90.0}, label="UNCERTAIN"
)


def page(registry: CollectorRegistry) -> str:
    return generate_latest(registry).decode()


def test_every_label_is_of_a_closed_list() -> None:
    """An id, a key or an address as a label would be a series for each picture."""
    labels = labels_of_all()
    assert {name for name in labels if not name.startswith(("artgate_", "process_"))} == set()
    assert set().union(*labels.values()) <= BOUNDED


def test_names_have_their_units() -> None:
    """What is measured in seconds says so, and what only grows ends in total."""
    for family in registry_of_all().collect():
        if not family.name.startswith("artgate_"):
            continue
        assert family.documentation.endswith("."), family.name
        if family.type == "histogram":
            assert family.name.endswith("_seconds"), family.name
        if {"age", "oldest"}.intersection(family.name.split("_")):
            assert family.name.endswith("_seconds"), family.name


def test_a_scan_is_counted_with_its_stages_in_seconds() -> None:
    registry = CollectorRegistry()
    metrics = ScanMetrics(registry)
    metrics.scanned(SCANNED)
    metrics.scanned(ScanSeen(outcome=ScanOutcome.REFUSED, seconds=0.1, reason="corrupt"))
    metrics.child_ended(ChildEnd.DIED)
    text = page(registry)

    assert value(text, "artgate_scan_attempts_total", outcome="verdict") == 1
    assert value(text, "artgate_scan_attempts_total", outcome="broke") == 0, "a rate needs its zero"
    assert value(text, "artgate_verdicts_total", label="UNCERTAIN") == 1
    assert value(text, "artgate_scan_reasons_total", outcome="refused", reason="corrupt") == 1
    assert value(text, "artgate_scan_stage_seconds_sum", stage="veto") == 0.09
    assert value(text, "artgate_scan_seconds_bucket", outcome="verdict", le="0.5") == 1
    assert value(text, "artgate_scan_seconds_bucket", outcome="verdict", le="0.3") == 0
    assert value(text, "artgate_child_ends_total", cause="died") == 1


def test_figures_tell_zero_of_what_does_not_wait() -> None:
    """A series that vanishes looks like a process that is away."""
    registry = CollectorRegistry()
    metrics = FigureMetrics(registry)
    metrics.set_events(
        {(WorkQueue.SCAN, EventState.QUEUED): Backlog(count=7, oldest_seconds=31.5)},
    )
    metrics.set_events({(WorkQueue.SCAN, EventState.RECEIVED): Backlog(count=2, oldest_seconds=1.0)})
    metrics.set_items({(ItemKind.UNCERTAIN, ItemState.OPEN): Backlog(count=3, oldest_seconds=60.0)})
    metrics.set_ready({ItemKind.UNCERTAIN: Ready(backlog=Backlog(count=2, oldest_seconds=50.0), overdue=1)})
    metrics.set_appeals(Waiting(open=5, late=2))
    metrics.set_messages(MessageState.PENDING, Backlog(count=0, oldest_seconds=None))
    metrics.set_depth(Depth(ready={WorkQueue.SCAN: 4, WorkQueue.RESCAN: 0}, unacked=2))
    text = page(registry)

    assert value(text, "artgate_events_waiting", queue="scan", state="queued") == 0
    assert value(text, "artgate_events_oldest_seconds", queue="scan", state="queued") == 0
    assert value(text, "artgate_events_waiting", queue="scan", state="received") == 2
    assert value(text, "artgate_events_waiting", queue="rescan", state="claimed") == 0
    assert value(text, "artgate_review_oldest_seconds", kind="uncertain", state="open") == 60
    assert value(text, "artgate_review_items", kind="refusal", state="open") == 0
    assert value(text, "artgate_review_ready_items", kind="uncertain") == 2
    assert value(text, "artgate_review_ready_oldest_seconds", kind="uncertain") == 50
    assert value(text, "artgate_review_overdue_items", kind="uncertain") == 1
    assert value(text, "artgate_review_overdue_items", kind="refusal") == 0
    assert value(text, "artgate_appeals_waiting") == 5
    assert value(text, "artgate_appeals_late") == 2
    assert value(text, "artgate_outbox_oldest_seconds", state="pending") == 0
    assert value(text, "artgate_broker_ready_messages", queue="scan") == 4
    assert value(text, "artgate_broker_unacked_messages") == 2


def test_a_process_tells_which_version_runs() -> None:
    registry = CollectorRegistry()
    ProcessMetrics(registry, "relay")
    build = next(family for family in registry.collect() if family.name == "artgate_build_info")
    (told,) = build.samples
    assert told.labels["process"] == "relay"
    assert told.labels["version"]
    resident = registry.get_sample_value("process_resident_memory_bytes")
    assert resident
    assert resident > 2**20
