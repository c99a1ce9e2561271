"""A run: the queue is filled, two hooks and the sweeper are started, and the load is driven."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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

_HOOKS = 2
"""Processes, one for each core, as behind a load balancer."""


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
        with ExitStack() as processes:
            processes.enter_context(artgate("sweeper", settings, folder))
            ports = [processes.enter_context(_hook(settings, folder / str(n))) for n in range(_HOOKS)]
            seen = asyncio.run(Drive(plan, ports).run())
        return seen, Stored.read(engine)


@contextmanager
def _hook(settings: Settings, folder: Path) -> Iterator[int]:
    """A hook that answers, and its port."""
    own = settings.model_copy(update={"hook_port": free_port()})
    folder.mkdir()
    with artgate("hook", own, folder) as hook:
        wait_until(lambda: hook_answers(own) or not hook.running, "the hook")
        assert hook.running, hook.text
        yield own.hook_port


def settings_of(plan: Plan, servers: Settings) -> Settings:
    """The servers' settings with the plan's moderators and its lease, and a key for the audit log."""
    given = {
        "moderator_tokens": plan.tokens(),
        "review_lease_seconds": plan.lease,
        "audit_keys": ("a key that signs the log of a test run",),
    }
    return Settings(**(servers.model_dump() | given))
