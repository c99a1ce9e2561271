"""The hook as it is run: quick to start, small, and unmoved by a broker that is silent, down or wiped."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from db.models.events import EventState
from deploy.local.launch import free_port
from deploy.local.valkey import Valkey
from tests.worker.hook.conftest import BEARER, ids_of, post
from tests.worker.inbox import Sessions, standing, wait_until
from tests.worker.running import Running, artgate, hook_answers
from worker.clock import new_id
from worker.settings import Settings

MEGABYTES_150 = 150 * 10**6


@pytest.fixture
def own(own_broker: Settings) -> Settings:
    """On a broker of its own and a free port."""
    return Settings(**(own_broker.model_dump() | {"hook_port": free_port()}))


@pytest.fixture
def hook(own: Settings, own_valkey: Valkey, tmp_path: Path) -> Iterator[Running]:
    with artgate("hook", own, tmp_path / "hook") as running:
        wait_until(lambda: hook_answers(own) or not running.running, "the hook")
        assert running.running, running.text
        yield running
        if own_valkey.child.running:
            os.kill(own_valkey.child.pid, signal.SIGCONT)


@pytest.fixture
def web(own: Settings, hook: Running) -> Iterator[httpx.Client]:
    address = f"http://127.0.0.1:{own.hook_port}"
    with httpx.Client(base_url=address, trust_env=False, timeout=20) as client:
        yield client


def event() -> dict[str, str]:
    return {"bucket": "uploads", "key": f"{new_id()}.png", "etag": "e"}


def test_it_is_small_and_loads_no_model(hook: Running, web: httpx.Client) -> None:
    """Many run beside each other, and each deploy starts them anew."""
    ids_of(post(web, event()))
    process = Path(f"/proc/{hook.pid}")
    pages = int((process / "statm").read_text().split()[1])
    assert pages * os.sysconf("SC_PAGE_SIZE") < MEGABYTES_150
    mapped = {line.rpartition("/")[2] for line in (process / "maps").read_text().splitlines()}
    heavy = ("torch", "libonnx", "lib_lightgbm", "cv2", "_imaging", "_sklearn")
    assert not [name for name in mapped if name.startswith(heavy)]


def test_a_silent_broker_holds_up_no_answer(
    web: httpx.Client, own_valkey: Valkey, sessions: Sessions
) -> None:
    """The rows are there; once it answers again, new events have their messages at once."""
    os.kill(own_valkey.child.pid, signal.SIGSTOP)
    begun = time.monotonic()
    ids = [ids_of(post(web, event()))[0] for _ in range(20)]
    assert time.monotonic() - begun < 2.0
    assert {standing(sessions, UUID(event_id)).state for event_id in ids} == {EventState.RECEIVED}
    os.kill(own_valkey.child.pid, signal.SIGCONT)
    wait_until(lambda: queued(web, sessions), "a message after the pause")


def test_a_broker_that_is_down_or_wiped_loses_nothing(
    web: httpx.Client, own_valkey: Valkey, sessions: Sessions
) -> None:
    """Taken with 202 all the while."""
    assert queued(web, sessions)
    own_valkey.kill()
    ids = [ids_of(post(web, event()))[0] for _ in range(5)]
    assert {standing(sessions, UUID(event_id)).state for event_id in ids} == {EventState.RECEIVED}
    own_valkey.start()
    wait_until(lambda: queued(web, sessions), "a message to the new broker")


def queued(web: httpx.Client, sessions: Sessions) -> bool:
    """Whether an event that is posted now gets its message within a second."""
    (event_id,) = ids_of(post(web, event()))
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        if standing(sessions, UUID(event_id)).state is EventState.QUEUED:
            return True
        time.sleep(0.02)
    return False


def test_many_senders_at_once_all_get_their_ids(web: httpx.Client, sessions: Sessions) -> None:
    """Single events and batches."""
    bodies = [[event() for _ in range(1 + 10 * (n % 5 == 0))] for n in range(60)]
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda body: ids_of(post(web, body)), bodies))
    for body, ids in zip(bodies, answers, strict=True):
        assert [standing(sessions, UUID(event_id)).key for event_id in ids] == [sent["key"] for sent in body]


def test_sigterm_lets_the_request_under_way_end(hook: Running, own: Settings) -> None:
    """What was begun is answered, and the process ends in order."""
    body = b'{"bucket": "uploads", "key": "last.png"}'
    head = f"POST /v1/events HTTP/1.1\r\nHost: h\r\nAuthorization: {BEARER['Authorization']}\r\n"
    with socket.create_connection(("127.0.0.1", own.hook_port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:10])
        assert hook_answers(own), "which it says to those who came later, so it has the connection"
        os.kill(hook.pid, signal.SIGTERM)
        wait_until(lambda: not hook_answers(own), "the closed door")
        connection.sendall(body[10:])
        assert connection.recv(4096).startswith(b"HTTP/1.1 202 ")
    assert hook.terminate(15) == 0


def test_an_address_that_is_taken_is_said_in_a_sentence(hook: Running, own: Settings, tmp_path: Path) -> None:
    """With the settings to change."""
    with artgate("hook", own, tmp_path / "second") as second:
        wait_until(lambda: not second.running, "its end")
        assert "ARTGATE_HOOK_PORT" in second.text
        assert "[settings_invalid]" in second.text
