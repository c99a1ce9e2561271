"""Programs as children that never outlive us."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.launch import Child, Program, StackError, free_port, plain_environment
from deploy.local.processes import Identity, session_members

_PARENT = """
import sys, time
from pathlib import Path
from deploy.local.launch import Child, Program, plain_environment
folder = Path(sys.argv[1])
program = Program(name="sleeper", command=["/bin/sleep", "60"], folder=folder, log=folder / "log",
                  environment=plain_environment(folder))
child = Child(program)
child.start()
print(child.identity, flush=True)
time.sleep(60)
"""


def _child(folder: Path, script: str, grace: float = 10.0) -> Child:
    program = Program(
        name="program",
        command=["/bin/sh", "-c", script],
        folder=folder,
        log=folder / "log",
        environment=plain_environment(folder),
        grace=grace,
    )
    return Child(program)


def _eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_child_is_stopped_with_its_own_children(tmp_path: Path) -> None:
    child = _child(tmp_path, "sleep 61 & echo begun; sleep 62")
    child.start()
    child.wait_until(lambda: "begun" in (tmp_path / "log").read_text(), 10)
    assert len(session_members(child.identity)) >= 2
    child.stop()
    assert not child.running
    assert session_members(child.identity) == []


def test_a_child_that_ignores_its_stop_signal_is_killed(tmp_path: Path) -> None:
    child = _child(tmp_path, "trap '' TERM; echo deaf; while :; do sleep 0.1; done", grace=0.2)
    child.start()
    child.wait_until(lambda: "deaf" in (tmp_path / "log").read_text(), 10)
    child.stop()
    assert child.exit_status == -signal.SIGKILL


def test_waiting_for_a_child_that_ends_tells_what_it_said_last(tmp_path: Path) -> None:
    child = _child(tmp_path, "echo the port is taken; exit 3")
    child.start()
    with pytest.raises(StackError, match=r"(?s)ended with status 3.*the port is taken"):
        child.wait_until(lambda: False, 10)


def test_waiting_for_a_child_ends_at_the_deadline(tmp_path: Path) -> None:
    child = _child(tmp_path, "sleep 63")
    child.start()
    with pytest.raises(StackError, match=r"was not ready after 0\.1 s"):
        child.wait_until(lambda: False, 0.1)
    child.stop()


def test_running_to_the_end_fails_where_the_program_does(tmp_path: Path) -> None:
    _child(tmp_path, "exit 0").run_to_end(10)
    with pytest.raises(StackError, match="failed with status 7"):
        _child(tmp_path, "exit 7").run_to_end(10)
    with pytest.raises(StackError, match=r"did not end within 0\.1 s"):
        _child(tmp_path, "sleep 64").run_to_end(0.1)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_ends_when_its_parent_is_ended_by_whatever_signal(
    tmp_path: Path, end: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = Identity.parse(parent.stdout.readline())
        assert child.alive
        parent.send_signal(end)
        parent.wait(10)
        assert _eventually(lambda: not child.alive)


def test_an_identity_does_not_take_a_later_process_for_an_earlier_one() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        now = Identity.of(process.pid)
        assert now is not None
        assert now.alive
        earlier = Identity(pid=now.pid, started=now.started - 1)
        assert not earlier.alive
        assert session_members(earlier) == []
        process.kill()
    assert not now.alive


def test_free_ports_differ() -> None:
    assert len({free_port() for _ in range(20)}) > 1
