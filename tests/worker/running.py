"""artgate's processes as tests run them: real, apart, and gone at the end."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from deploy.local.launch import Child, Program
from tests.processes import children_of
from tests.worker.inbox import wait_until
from worker.settings import Settings

_ROOT = Path(__file__).parents[2]
_ARTGATE = "from worker.cli.main import main; main()"


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give a process these settings, and nothing else of ours."""
    chosen = {name: getattr(settings, name) for name in settings.model_fields_set}
    named = {f"ARTGATE_{name.upper()}": _text(value) for name, value in chosen.items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}  # noqa: TID251 - a process needs a PATH
    ours = {"ARTGATE_LOG_FORMAT": "json", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(_ROOT)}
    return kept | named | ours


class Running:
    """One process of artgate."""

    def __init__(self, child: Child) -> None:
        self._child = child

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._child.running

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it has logged so far; what is no JSON is left out."""
        lines = self.text.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    @property
    def text(self) -> str:
        """All that it has written to its output."""
        return self._child.program.log.read_text(errors="replace")

    def said(self, event: str) -> int:
        """How often it has logged an event of this name."""
        return sum(line["event"] == event for line in self.lines)

    def wait_until_said(self, event: str, times: int = 1, seconds: float = 60.0) -> None:
        """Wait until it has logged an event so often."""
        wait_until(lambda: self.said(event) >= times or not self.running, f"the log of {event}", seconds)
        assert self.said(event) >= times, self.text

    def children(self) -> list[int]:
        """Process ids of the children that a worker has forked off."""
        return [child.pid for child in children_of(self.pid)]

    def terminate(self, seconds: float = 30.0) -> int:
        """Send SIGTERM and wait; gives the exit status."""
        os.kill(self.pid, signal.SIGTERM)
        wait_until(lambda: not self.running, "the end after SIGTERM", seconds)
        status = self._child.exit_status
        assert status is not None
        return status

    def kill(self) -> None:
        """``kill -9``."""
        self._child.kill()

    def start_again(self) -> None:
        """Start it anew after its end; its log goes on."""
        self._child.start()

    def stop(self) -> None:
        """End it with all that it has started."""
        self._child.stop()


@contextmanager
def artgate(command: str, settings: Settings, folder: Path) -> Iterator[Running]:
    """``artgate hook``, ``worker``, ``sweeper`` or ``relay``, as installed."""
    with program([sys.executable, "-c", _ARTGATE, command], settings, folder, name=command) as running:
        yield running


def hook_answers(settings: Settings) -> bool:
    """Whether the hook of these settings is there and can take events."""
    try:
        address = f"http://127.0.0.1:{settings.hook_port}/readyz"
        return httpx.get(address, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[str]:
    """``artgate hook`` on the settings' port; gives its address once it answers."""
    with artgate("hook", settings, folder) as running:
        wait_until(lambda: hook_answers(settings) or not running.running, "the hook")
        assert running.running, running.text
        yield f"http://127.0.0.1:{settings.hook_port}"


@contextmanager
def program(command: list[str], settings: Settings, folder: Path, *, name: str) -> Iterator[Running]:
    """Any program with these settings."""
    running = started(command, settings, folder, name=name)
    try:
        yield running
    finally:
        running.stop()


def started(command: list[str], settings: Settings, folder: Path, *, name: str) -> Running:
    """The same for whoever ends it: it has just been started."""
    folder.mkdir(parents=True, exist_ok=True)
    child = Child(
        Program(
            name=name,
            command=command,
            folder=folder,
            log=folder / f"{name}.log",
            environment=environment(settings),
        )
    )
    child.start()
    return Running(child)


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return json.dumps({name: _text(item) for name, item in value.items()})
    if isinstance(value, (tuple, list)):
        return json.dumps([_text(item) for item in value])
    return str(value)
