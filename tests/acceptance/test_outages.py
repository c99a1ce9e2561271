"""The servers around us go away; no accepted event is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
import redis

from deploy.local.valkey import Valkey
from tests.acceptance.conftest import Installation
from tests.pictures import jpeg
from tests.worker.inbox import wait_until


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    if server.child.running:
        os.kill(server.child.pid, signal.SIGCONT)
    server.stop()


@pytest.fixture(scope="module")
def broker_url(valkey: Valkey) -> str:
    """A broker of our own to stop and wipe."""
    return valkey.url


def test_events_are_accepted_while_the_broker_is_silent_and_end_once_it_answers(
    installation: Installation, valkey: Valkey
) -> None:
    os.kill(valkey.child.pid, signal.SIGSTOP)
    begun = time.monotonic()
    ids = [installation.upload(f"silent/{n}.jpg", jpeg(seed=n)) for n in range(4)]
    assert time.monotonic() - begun < 3, "a silent broker must not hold up the hook"
    os.kill(valkey.child.pid, signal.SIGCONT)
    for event_id in ids:
        assert installation.wait_until_told(event_id).json["type"] == "verdict"


def test_a_backlog_survives_the_wiping_of_the_broker(installation: Installation, valkey: Valkey) -> None:
    (child,) = installation.worker.children()
    os.kill(child, signal.SIGSTOP)
    ids = [installation.upload(f"backlog/{n}.jpg", jpeg(seed=n)) for n in range(8)]
    valkey.kill()
    valkey.start()
    os.kill(child, signal.SIGCONT)
    for event_id in ids:
        assert installation.wait_until_told(event_id).json["type"] == "verdict"
    told = [got.json["event_id"] for got in installation.platform.taken]
    assert len(told) == len(set(told)), "each event is told once"


def test_a_worker_that_could_not_acknowledge_works_on_once_the_broker_is_back(
    installation: Installation, valkey: Valkey
) -> None:
    """Its only child finishes while the broker is away: the acknowledgement alone finds that out."""
    (child,) = installation.worker.children()
    os.kill(child, signal.SIGSTOP)
    ids = [installation.upload(f"busy/{n}.jpg", jpeg(seed=20 + n)) for n in range(4)]
    wait_until(lambda: _held(valkey) == 1, "a message in the child's hands")
    valkey.kill()
    os.kill(child, signal.SIGCONT)
    installation.wait_until_told(ids[0])
    wait_until(lambda: "Couldn't ack" in installation.worker.text, "an acknowledgement that fails")
    valkey.start()
    for event_id in ids:
        assert installation.wait_until_told(event_id).json["type"] == "verdict"
    assert installation.worker.said("acknowledgement_lost") == 1


def _held(valkey: Valkey) -> int:
    """Messages that workers have taken and not acknowledged."""
    with redis.Redis.from_url(valkey.url) as client:
        return int(client.hlen("unacked"))


def test_events_are_accepted_while_the_broker_is_down(installation: Installation, valkey: Valkey) -> None:
    valkey.kill()
    event_id = installation.upload("down.jpg", jpeg(seed=30))
    valkey.start()
    assert installation.wait_until_told(event_id).json["type"] == "verdict"


def test_a_killed_child_costs_no_event(installation: Installation) -> None:
    ids = [installation.upload(f"killed/{n}.jpg", jpeg(seed=40 + n)) for n in range(6)]
    for child in installation.worker.children():
        os.kill(child, signal.SIGKILL)
    for event_id in ids:
        assert installation.wait_until_told(event_id).json["type"] == "verdict"
    assert installation.worker.running
