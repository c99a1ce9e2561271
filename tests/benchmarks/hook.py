"""Stage `hook`: events taken over HTTP and committed, beside bare commits of one connection."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from tests.benchmarks.load import plain_events, send
from tests.benchmarks.report import Figures
from tests.benchmarks.servers import database, servers
from tests.worker.inbox import wait_until
from tests.worker.running import artgate, hook_answers
from worker.settings import Settings

_PAGE = 4096


def measure(*, smoke: bool) -> Figures:
    """Requests of one event, batches of 100, and the time of an answer at 300 requests a second."""
    requests, batches, paced = (20, 2, 10) if smoke else (6000, 150, 6000)
    with servers() as (settings, bucket), TemporaryDirectory() as folder:
        begun = time.perf_counter()
        with artgate("hook", settings, Path(folder)) as hook:
            wait_until(lambda: hook_answers(settings) or not hook.running, "the hook")
            start = time.perf_counter() - begun
            port, name = settings.hook_port, bucket.name
            send(port, plain_events(name, keys("warm", 20)), connections=4)
            single = send(port, plain_events(name, keys("one", requests)), connections=32)
            many = send(port, plain_events(name, keys("many", 100 * batches), 100), connections=16)
            steady = send(port, plain_events(name, keys("steady", paced)), connections=32, rate=300)
            resident = int(Path(f"/proc/{hook.pid}/statm").read_text().split()[1]) * _PAGE
        commits = _commits_per_second(settings, 0.2 if smoke else 3.0)
    return {
        "hook_start_seconds": start,
        "hook_rss_mb": resident / 1e6,
        "hook_requests_per_second": single.per_second,
        "hook_batch_events_per_second": 100 * many.per_second,
        "hook_p50_ms": steady.percentile_ms(50),
        "hook_p95_ms": steady.percentile_ms(95),
        "hook_bare_commits_per_second": commits,
        "hook_to_bare_commits_ratio": single.per_second / commits,
    }


def keys(kind: str, count: int) -> list[str]:
    """Keys of that many objects."""
    return [f"{kind}/{number:06}.jpg" for number in range(count)]


def _commits_per_second(settings: Settings, seconds: float) -> float:
    """The floor: one row a transaction, over one connection, waited for."""
    with database(settings) as engine, engine.connect() as connection:
        connection.execute(text("CREATE TABLE bare (id bigserial PRIMARY KEY, content text)"))
        connection.commit()
        count, begun = 0, time.perf_counter()
        while time.perf_counter() - begun < seconds:
            connection.execute(text("INSERT INTO bare (content) VALUES (:content)"), {"content": "x" * 500})
            connection.commit()
            count += 1
        took = time.perf_counter() - begun
    return count / took
