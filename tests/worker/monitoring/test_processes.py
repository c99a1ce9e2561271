"""Metrics and health of the processes as they are run, on real servers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from db.models import EventState
from deploy.local.launch import free_port
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.inbox import Sessions, take_in, wait_until, wait_until_terminal
from tests.worker.monitoring.catalogue import value
from tests.worker.running import Running, artgate
from worker.dispatch import Dispatcher
from worker.settings import Settings

NOWHERE = "postgresql://artgate:secret@127.0.0.1:9/artgate"


def monitored(settings: Settings, **others: object) -> Settings:
    return settings.model_copy(update={"monitor_port": free_port(), **others})


def ask(settings: Settings, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{settings.monitor_port}{path}", trust_env=False, timeout=20)


def status(settings: Settings, path: str) -> int | None:
    """Of an answer; None where nobody listens."""
    try:
        return ask(settings, path).status_code
    except httpx.TransportError:
        return None


@pytest.fixture(scope="module")
def worker_settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return monitored(settings, bundle=tiny_bundle, worker_children=1, max_tasks_per_child=2)


@pytest.fixture(scope="module")
def worker(worker_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with artgate("worker", worker_settings, tmp_path_factory.mktemp("worker")) as running:
        wait_until(lambda: status(worker_settings, "/readyz") == 200, "a worker that is ready", 60)
        yield running


def test_a_worker_counts_for_children_that_come_and_go(
    worker: Running, worker_settings: Settings, sessions: Sessions, bucket: Bucket, dispatcher: Dispatcher
) -> None:
    """Each child scans two pictures; the sums are of all."""
    ids = [
        take_in(sessions, bucket.name, f"{n}.jpg", etag=bucket.put(f"{n}.jpg", jpeg(80, 80, seed=n)))
        for n in range(4)
    ]
    ids.append(take_in(sessions, bucket.name, "bad.jpg", etag=bucket.put("bad.jpg", b"no picture")))
    for event_id in ids:
        dispatcher.send(event_id)
    ended = wait_until_terminal(sessions, ids)
    assert [each.state for each in ended] == [EventState.DONE] * 4 + [EventState.REFUSED]

    wait_until(lambda: refused(worker_settings) == 1, "the last count")
    text = ask(worker_settings, "/metrics").text
    assert value(text, "artgate_scan_attempts_total", outcome="verdict") == 4
    assert value(text, "artgate_scan_reasons_total", outcome="refused", reason="unsupported_format") == 1
    assert value(text, "artgate_scan_stage_seconds_count", stage="decode") == 4
    assert value(text, "artgate_scan_seconds_count", outcome="refused") == 1
    assert value(text, "artgate_worker_children") == 1
    assert (value(text, "process_resident_memory_bytes") or 0) > 2**20


def refused(settings: Settings) -> float | None:
    return value(ask(settings, "/metrics").text, "artgate_scan_attempts_total", outcome="refused")


def test_a_worker_says_alive_and_ready_and_nothing_else(worker: Running, worker_settings: Settings) -> None:
    assert ask(worker_settings, "/livez").json() == {"status": "alive"}
    assert ask(worker_settings, "/readyz").json() == {"status": "ready"}
    assert ask(worker_settings, "/secrets").status_code == 404


def test_a_counting_process_that_dies_costs_no_scan_and_comes_back(
    worker: Running, worker_settings: Settings, sessions: Sessions, bucket: Bucket, dispatcher: Dispatcher
) -> None:
    monitor = counting(worker)
    wait_until(
        lambda: (value(ask(worker_settings, "/metrics").text, "artgate_pulse_age_seconds") or 9) < 2, "a beat"
    )
    os.kill(monitor, signal.SIGKILL)
    event_id = take_in(sessions, bucket.name, "on.jpg", etag=bucket.put("on.jpg", jpeg(seed=9)))
    dispatcher.send(event_id)
    assert wait_until_terminal(sessions, [event_id])[0].state is EventState.DONE
    wait_until(lambda: status(worker_settings, "/livez") == 200, "another one", 40)
    assert counting(worker) != monitor


def counting(worker: Running) -> int:
    """Process id of the one that counts."""
    (found,) = (
        pid
        for pid in worker.children()
        if b"worker.monitoring.apart" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return found


def test_a_worker_that_stands_still_is_dead_and_its_end_ends_the_counting(
    settings: Settings, tiny_bundle: Path, tmp_path: Path
) -> None:
    """Stopped by a signal, its loop does not turn, whatever else answers."""
    own = monitored(settings, bundle=tiny_bundle, worker_children=1, live_seconds=2)
    with artgate("worker", own, tmp_path) as running:
        wait_until(lambda: status(own, "/readyz") == 200, "a worker that is ready", 60)
        monitor = counting(running)
        os.kill(running.pid, signal.SIGSTOP)
        wait_until(lambda: status(own, "/livez") == 503, "the verdict")
        assert "restart the process" in ask(own, "/livez").json()["detail"]
        running.kill()
        wait_until(lambda: not Path(f"/proc/{monitor}/cwd").exists(), "the end of the counting")


def test_a_worker_whose_broker_is_away_is_alive_and_not_ready(
    settings: Settings, tiny_bundle: Path, tmp_path: Path
) -> None:
    own = monitored(settings, bundle=tiny_bundle, worker_children=1, live_seconds=3)
    own = own.model_copy(update={"broker_url": type(own.broker_url)("redis://127.0.0.1:9/0")})
    with artgate("worker", own, tmp_path):
        wait_until(lambda: status(own, "/livez") is not None, "an answer")
        wait_until(lambda: status(own, "/livez") == 200, "a sign of life", 20)
        assert status(own, "/readyz") == 503


def test_a_sweeper_tells_what_waits_and_what_it_moved(
    settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    own = monitored(settings, sweep_grace=0.0, sweep_interval=0.05)
    take_in(sessions, "art", "waits.png")
    with artgate("sweeper", own, tmp_path):
        wait_until(lambda: status(own, "/readyz") == 200, "a sweeper that is ready")
        wait_until(lambda: swept(own) >= 1, "the sweep")
        text = ask(own, "/metrics").text
        assert value(text, "artgate_sweeper_leads") == 1
        assert value(text, "artgate_database_up") == 1
        assert value(text, "artgate_broker_up") == 1
        assert value(text, "artgate_events_waiting", queue="rescan", state="queued") == 0
        assert status(own, "/livez") == 200


def swept(settings: Settings) -> float:
    return value(ask(settings, "/metrics").text, "artgate_swept_events_total", way="due") or 0.0


def test_a_process_whose_database_is_away_is_alive_and_not_ready(settings: Settings, tmp_path: Path) -> None:
    """Restarting it would change nothing."""
    own = monitored(settings)
    own = own.model_copy(update={"database_url": type(own.database_url)(NOWHERE)})
    with artgate("sweeper", own, tmp_path):
        wait_until(lambda: status(own, "/livez") == 200, "a sign of life")
        answer = ask(own, "/readyz")
        assert answer.status_code == 503
        assert "ARTGATE_DATABASE_URL" in answer.json()["detail"]
        assert "secret" not in answer.text
        assert value(ask(own, "/metrics").text, "artgate_database_up") == 0


def test_a_relay_without_a_webhook_is_alive_and_ready(settings: Settings, tmp_path: Path) -> None:
    own = monitored(settings, live_seconds=1)
    with artgate("relay", own, tmp_path) as relay:
        wait_until(lambda: status(own, "/readyz") == 200, "a relay that is ready")
        assert value(ask(own, "/metrics").text, "artgate_deliveries_total", outcome="dead") == 0
        assert relay.terminate(5) == 0


def test_a_hook_answers_on_a_port_of_its_own_where_one_is_set(settings: Settings, tmp_path: Path) -> None:
    own = monitored(settings, hook_port=free_port(), hook_tokens=("token",))
    with artgate("hook", own, tmp_path):
        wait_until(lambda: status(own, "/readyz") == 200, "a hook that is ready")
        public = f"http://127.0.0.1:{own.hook_port}"
        wait_until(lambda: answers(f"{public}/livez"), "its other port")
        bearer = {"Authorization": "Bearer token"}
        assert httpx.get(f"{public}/metrics", headers=bearer, trust_env=False).status_code == 404
        text = ask(own, "/metrics").text
        assert value(text, "artgate_hook_requests_total", route="/livez", status="200") == 1


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("command", ["worker", "relay"])
def test_a_port_that_is_taken_is_said_in_a_sentence(command: str, settings: Settings, tmp_path: Path) -> None:
    """With the setting to change, before any work begins."""
    own = monitored(settings)
    with artgate("sweeper", own, tmp_path / "first"):
        wait_until(lambda: status(own, "/livez") == 200, "the first")
        with artgate(command, own, tmp_path / "second") as second:
            wait_until(lambda: not second.running, "its end")
            assert "ARTGATE_MONITOR_PORT" in second.text
            assert "[settings_invalid]" in second.text
