"""How far uploads have drifted, as metrics."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge


class DriftMetrics:
    """Told by the sweeper that leads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._index = Gauge(
            "artgate_drift_index",
            "Population stability index of the bundle that judges, of late against its first week, by what is"
            " measured: scores, embedding, features_<group>. Absent where there are too few scans to say.",
            ["measure"],
            registry=registry,
        )

    def tell(self, values: Mapping[str, float]) -> None:
        """Tell the newest indices by what is measured, and no others any more."""
        self._index.clear()
        for measure, value in values.items():
            self._index.labels(measure).set(value)
