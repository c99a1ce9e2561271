"""A sweeper as it is installed deletes what is old and makes partitions, and says so at its port."""

from __future__ import annotations

from pathlib import Path

import httpx
from sqlalchemy import text

from deploy.local.launch import free_port
from tests.worker.inbox import Sessions, wait_until
from tests.worker.monitoring.catalogue import value
from tests.worker.running import artgate
from worker.settings import Settings

OLD = """
    INSERT INTO outbox (id, subject, kind, payload, state, delivered_at, spread_at, created_at)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid,
           'art/' || at, 'verdict', '{}', 'delivered', at, at, at
      FROM generate_series(now() - interval '20 days', now() - interval '10 hours', interval '1 day') at
"""


def test_a_running_sweeper_forgets_and_keeps_partitions(
    settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    port = free_port()
    mine = settings.model_copy(
        update={"retention_messages_days": 7, "monitor_port": port, "sweep_interval": 0.1, "sweep_batch": 5}
    )
    with sessions.begin() as session:
        session.execute(text(OLD))
        for week in session.scalars(
            text("SELECT relname FROM pg_class WHERE relname ~ '^webhook_attempts_[0-9]+$' AND relkind = 'r'")
        ).all():
            session.execute(text(f"DROP TABLE {week}"))

    def told(name: str, table: str) -> float:
        try:
            page = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        except httpx.TransportError:
            return 0.0
        return value(page, name, table=table) or 0.0

    with artgate("sweeper", mine, tmp_path) as running:
        wait_until(lambda: told("artgate_rows_deleted_total", "outbox") == 14, "the old messages' end", 60)
        wait_until(
            lambda: told("artgate_partitions_ahead_seconds", "webhook_attempts") > 34 * 86_400, "partitions"
        )
        assert running.said("partition_made") == 6
        page = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
        assert value(page, "artgate_retention_failures_total", table="outbox") == 0, "it is told before any"
    with sessions() as session:
        assert session.scalar(text("SELECT count(*) FROM outbox")) == 6
        assert session.scalar(text("SELECT forgotten FROM change_counters")) == 14
