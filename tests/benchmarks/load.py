"""A load on the hook: requests over kept connections, as fast as they are answered or at a steady rate."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import numpy as np

from tests.benchmarks.servers import TOKEN
from tests.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How a load was answered; every answer was a 202."""

    seconds: float
    latencies: Sequence[float]
    """Seconds from the moment that a request was due to the end of its answer."""

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Milliseconds within which this percentage was answered."""
        return 1e3 * float(np.percentile(self.latencies, share))


def send(port: int, bodies: Sequence[bytes], *, connections: int, rate: float | None = None) -> Sent:
    """Post bodies to the hook at a port.

    Args:
        connections: kept open, and so the most requests at once.
        rate: requests a second, each due at its time however late the answers are; None sends the next one
            as soon as a connection is free.
    """
    return asyncio.run(_send(port, bodies, connections, rate))


def plain_events(bucket: str, keys: Sequence[str], size: int = 1) -> list[bytes]:
    """Bodies of `size` events each, one for each key."""
    events = [{"bucket": bucket, "key": key} for key in keys]
    groups = [events[start : start + size] for start in range(0, len(events), size)]
    return [json.dumps(group[0] if size == 1 else group).encode() for group in groups]


async def _send(port: int, bodies: Sequence[bytes], connections: int, rate: float | None) -> Sent:
    free: asyncio.Queue[Wire] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await Wire.open(port))
    begun = time.perf_counter()

    async def post(number: int, body: bytes) -> float:
        due = begun + number / rate if rate else None
        await asyncio.sleep(max(0.0, due - time.perf_counter()) if due else 0.0)
        wire = await free.get()
        due = due or time.perf_counter()
        answer = await wire.post("/v1/events", TOKEN, body)
        assert answer.status == HTTPStatus.ACCEPTED, answer.body.decode()
        free.put_nowait(wire)
        return time.perf_counter() - due

    latencies = await asyncio.gather(*(post(number, body) for number, body in enumerate(bodies)))
    seconds = time.perf_counter() - begun
    while not free.empty():
        free.get_nowait().close()
    return Sent(seconds=seconds, latencies=latencies)
