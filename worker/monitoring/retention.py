"""What was deleted because it was old, and how far the partitions reach ahead, as metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge


class RetentionMetrics:
    """Told by the sweeper that leads; each is labelled with the table."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str) -> Counter:
            return Counter(f"artgate_{name}", text, ["table"], registry=registry)

        self._deleted = counter("rows_deleted_total", "Rows deleted because their time was over.")
        self._dropped = counter("partitions_dropped_total", "Partitions dropped as a whole.")
        self._failed = counter(
            "retention_failures_total", "Batches that could not be deleted, partitions not made or dropped."
        )
        self._ahead = Gauge(
            "artgate_partitions_ahead_seconds",
            "For how long from now on each new row has a partition of its week.",
            ["table"],
            registry=registry,
        )

    def deleted(self, table: str, rows: int) -> None:
        """Count rows; a table is told of from its first batch on, also where nothing was old."""
        self._deleted.labels(table).inc(rows)
        self._failed.labels(table)

    def dropped(self, table: str) -> None:
        """Count a partition."""
        self._dropped.labels(table).inc()

    def failed(self, table: str) -> None:
        """Count what has to be tried again."""
        self._failed.labels(table).inc()

    def reaches(self, table: str, seconds: float) -> None:
        """Tell how far the partitions reach."""
        self._ahead.labels(table).set(seconds)
        self._dropped.labels(table)

    def rest(self) -> None:
        """Tell nothing of partitions: another process does."""
        self._ahead.clear()
