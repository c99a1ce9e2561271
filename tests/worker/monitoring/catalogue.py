"""All metrics of artgate at once, and what a scrape reads."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from worker.monitoring.desk import DeskMetrics
from worker.monitoring.drift import DriftMetrics
from worker.monitoring.metrics import (
    FigureMetrics,
    HookMetrics,
    ProcessMetrics,
    RelayMetrics,
    ScanMetrics,
    SqsMetrics,
    SweeperMetrics,
)
from worker.monitoring.retention import RetentionMetrics
from worker.monitoring.rollouts import RolloutMetrics

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def registry_of_all() -> CollectorRegistry:
    """A registry with the groups of every process."""
    registry = CollectorRegistry()
    ProcessMetrics(registry, "hook")
    groups = (
        ScanMetrics,
        HookMetrics,
        RelayMetrics,
        SqsMetrics,
        SweeperMetrics,
        RolloutMetrics,
        RetentionMetrics,
        DriftMetrics,
        FigureMetrics,
        DeskMetrics,
    )
    for group in groups:
        group(registry)
    return registry


def labels_of_all() -> dict[str, frozenset[str]]:
    """The labels of each series that a scrape can give, by its name; ``le`` of histograms included."""
    registry = registry_of_all()
    found: dict[str, frozenset[str]] = {}
    for collector in registry._collector_to_names:
        own = frozenset(getattr(collector, "_labelnames", ()))
        for name in registry._collector_to_names[collector]:
            found[name] = own | {"le"} if name.endswith("_bucket") else own
    for family in registry.collect():  # what the client library tells of a process names nothing before
        for sample in family.samples:
            found.setdefault(sample.name, frozenset(sample.labels))
    return found


def samples(text: str) -> Samples:
    """The value of each series of a page, by name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families(text)
        for sample in family.samples
    }


def families(text: str) -> list[Metric]:
    """The families of a page."""
    return list(text_string_to_metric_families(text))


def value(text: str, name: str, **labels: str) -> float | None:
    """The value of one series; None where the page has none of it."""
    return samples(text).get((name, frozenset(labels.items())))
