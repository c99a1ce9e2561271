"""``kill -9`` of processes and of servers."""

from __future__ import annotations

import os
import signal

import redis

from tests.chaos.faults.fault import Fault, Scene
from tests.chaos.plan import CHILDREN, RECYCLED_AFTER
from tests.processes import family_of
from tests.worker.inbox import wait_until
from tests.worker.running import hook_answers

_MARK = "chaos.mark"


def _child(scene: Scene) -> None:
    """A child in the middle of a scan; another takes its place."""
    worker, claimed = scene.world.worker, scene.world.claimed()
    os.kill(claimed.pid, signal.SIGKILL)
    wait_until(lambda: claimed.pid not in worker.children(), "the death of a child", 20)
    wait_until(lambda: len(worker.children()) == CHILDREN, "a child in its place", 60)


def _worker(scene: Scene) -> None:
    """A whole worker, with its children and their decoders."""
    worker = scene.world.worker
    scene.world.claimed()
    family = family_of(worker.pid)
    worker.kill()
    for each in family:
        if each.alive:
            os.kill(each.pid, signal.SIGKILL)
    wait_until(lambda: not any(each.alive for each in family), "the death of a worker", 20)
    assert not worker.running, "the worker lives"
    _begin_worker(scene)


def _recycled(scene: Scene) -> None:
    """Children that are replaced after a few scans, under load; both changes are orderly ends."""
    worker = scene.world.worker
    assert worker.terminate(60) == 0, worker.text[-2000:]
    _begin_worker(scene, max_tasks_per_child=RECYCLED_AFTER)
    first = set(scene.world.worker.children())
    seen: set[int] = set()

    def replaced() -> bool:
        seen.update(scene.world.worker.children())
        return len(seen - first) > CHILDREN

    wait_until(replaced, "children in the place of recycled ones", 120)
    assert scene.world.worker.terminate(60) == 0, "the recycling worker did not end in order"
    _begin_worker(scene)


def _begin_worker(scene: Scene, **others: int) -> None:
    loaded = scene.world.worker.said("bundle_loaded")
    scene.world.start("worker", **others)
    scene.world.worker.wait_until_said("bundle_loaded", times=loaded + CHILDREN, seconds=120)


def _process(name: str) -> Fault:
    def strike(scene: Scene) -> None:
        running = scene.world.processes[name]
        before = running.pid
        running.kill()
        assert not running.running, f"the {name} lives"
        scene.breathe()
        running.start_again()
        assert running.pid != before, f"the {name} was not started again"
        if name == "hook":
            wait_until(lambda: hook_answers(scene.world.settings), "the hook", 60)

    return Fault(f"{name}-killed", strike)


def _broker(scene: Scene) -> None:
    """Valkey, with all that it held."""
    valkey = scene.world.valkey
    with redis.Redis.from_url(valkey.url) as client:
        client.set(_MARK, "1")
    valkey.kill()
    scene.breathe()
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.get(_MARK) is None, "the broker kept what it held"


def _database(scene: Scene) -> None:
    """PostgreSQL, which recovers what was committed."""
    begun = "SELECT pg_postmaster_start_time()"
    before = scene.world.ask(begun)
    scene.world.postgres.kill()
    scene.breathe()
    scene.world.postgres.start()
    assert scene.world.ask(begun) != before, "PostgreSQL is the one that was killed"


DEATHS = (
    Fault("child-killed", _child),
    Fault("worker-killed", _worker),
    *map(_process, ("hook", "sweeper", "relay")),
    Fault("broker-wiped", _broker),
    Fault("database-killed", _database),
    Fault("children-recycled", _recycled),
)
