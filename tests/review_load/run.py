"""A run: the queue is filled, the hook and the sweeper are started, and the load is driven."""

from __future__ import annotations

import asyncio
from pathlib import Path

from deploy.local.launch import free_port
from tests.benchmarks.servers import database
from tests.review_load.drive import Drive, Seen
from tests.review_load.filling import fill
from tests.review_load.outcome import Stored
from tests.review_load.plan import Plan
from tests.worker.inbox import wait_until
from tests.worker.running import artgate, hook_answers
from worker.settings import Settings


def run(plan: Plan, servers: Settings, folder: Path) -> tuple[Seen, Stored]:
    """What the moderators were told, and what the database then holds.

    Args:
        plan: the load.
        servers: settings that name the servers; the database is migrated and empty.
        folder: for the logs of artgate's processes.
    """
    settings = settings_of(plan, servers)
    with database(settings) as engine:
        fill(engine, plan)
        with artgate("hook", settings, folder) as hook, artgate("sweeper", settings, folder):
            wait_until(lambda: hook_answers(settings) or not hook.running, "the hook")
            assert hook.running, hook.text
            seen = asyncio.run(Drive(plan, settings.hook_port).run())
        return seen, Stored.read(engine)


def settings_of(plan: Plan, servers: Settings) -> Settings:
    """The servers' settings with the plan's moderators and its lease, and a key for the audit log."""
    given = {
        "hook_port": free_port(),
        "moderator_tokens": plan.tokens(),
        "review_lease_seconds": plan.lease,
        "audit_keys": ("a key that signs the log of a test run",),
    }
    return Settings(**(servers.model_dump() | given))
