"""What a run does, and the settings that make trouble come often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run. Durations are seconds."""

    events: int = 2000
    """Events that are posted at least; they flow on as long as a fault lasts."""
    seed: int = 1
    """Decides the order of the faults, the pictures and which key is written again."""
    only: tuple[str, ...] = ()
    """Names of the faults that strike; empty means all."""
    breath: float = 2.0
    """How long a fault of the network or of a server lasts."""
    pace: float = 0.02
    """From one event to the next."""
    backlog: int = 60
    """Events under way above which the sender waits."""
    keys: int = 400
    """Names that pictures are stored under; most are written several times."""
    patience: float = 240.0
    """How long the end of the last event may take."""


LEASE = 9
VISIBILITY = 3
"""Shorter than a scan that is held up, and than the lease: the broker gives messages out twice."""
RECYCLED_AFTER = 3
CHILDREN = 2

SETTINGS: dict[str, Any] = {
    "worker_children": CHILDREN,
    "decode_seconds": 25.0,
    "soft_time_limit": 30,
    "hard_time_limit": 40,
    "lease_seconds": LEASE,
    "visibility_timeout": VISIBILITY,
    "max_retries": 200,
    "max_losses": 50,
    "retry_backoff": 0.2,
    "retry_backoff_max": 1.0,
    "fault_delay": 0.5,
    "s3_connect_timeout": 1.0,
    "s3_read_timeout": 1.0,
    "s3_fetch_seconds": 3.0,
    "sweep_interval": 0.2,
    "sweep_grace": 0.5,
    "queued_deadline": 5,
    "publish_timeout": 0.4,
    "relay_interval": 0.05,
    "webhook_timeout": 2.0,
    "webhook_max_attempts": 1000,
    "webhook_backoff": 0.1,
    "webhook_backoff_max": 1.0,
    "review_undo_seconds": 0.3,
    "review_lease_seconds": 5,
    "log_level": "debug",
}
"""Short times, so that what takes minutes elsewhere happens often here. ``doctor`` would object to the lease
and to the visibility timeout: both must cost time at most."""
