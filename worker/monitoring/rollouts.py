"""What the audit of people's decisions says of the bundles that decide, as metrics."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge

from db.models.bundles import BundleState
from db.queries.audited import Audited

_BASES = ("overturned", "drawn", "known")


class RolloutMetrics:
    """Told by the sweeper that leads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.held = Gauge(
            "artgate_rollout_held", "1 where a bundle on trial is held, else 0.", registry=registry
        )
        self._over = Gauge(
            "artgate_false_accusations_over_bound",
            "1 where a bundle's audited false accusations have passed their bound, by its state.",
            ["state"],
            registry=registry,
        )
        self._share = Gauge(
            "artgate_false_accusations_ratio",
            "False accusations that the audit found, by the bundle's state: SYNTHETIC verdicts that people"
            " overturned, out of all (overturned) and out of those that the lot has drawn (drawn), and known"
            " genuine pictures called SYNTHETIC (known).",
            ["state", "basis"],
            registry=registry,
        )

    def found(self, state: BundleState, audited: Audited, *, over: bool) -> None:
        """Tell of the bundle that is in a state."""
        self._over.labels(state).set(over)
        pairs = (
            (audited.overturned, audited.accusations),
            (audited.drawn_wrong, audited.drawn),
            (audited.known_accused, audited.known),
        )
        for basis, (count, total) in zip(_BASES, pairs, strict=True):
            self._share.labels(state, basis).set(count / total if total else 0.0)

    def forget(self, state: BundleState) -> None:
        """Tell that no bundle is in a state."""
        self._over.labels(state).set(0)
        for basis in _BASES:
            self._share.labels(state, basis).set(0.0)
