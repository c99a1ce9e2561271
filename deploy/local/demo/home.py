"""Where a demo keeps its state, and how one that runs, or that crashed, is found and ended."""

from __future__ import annotations

import os
import shlex
import signal
import time
from pathlib import Path

from deploy.local.launch import StackError
from deploy.local.places import state_root
from deploy.local.workspace import Workspace, clean

_STOP_SECONDS = 90.0


class Home:
    """The folder of one demo.

    Args:
        name: tells demos apart that run side by side.
    """

    def __init__(self, name: str = "demo") -> None:
        self.workspace = Workspace(state_root() / name)
        self.folder = self.workspace.folder

    @property
    def settings_file(self) -> Path:
        """Shell assignments of every ARTGATE_ variable that names this demo's stack."""
        return self.folder / "env"

    @property
    def log(self) -> Path:
        """What the supervisor says."""
        return self.folder / "supervisor.log"

    @property
    def deliveries(self) -> Path:
        """What the demo's platform was told, one JSON body a line."""
        return self.folder / "deliveries.jsonl"

    def create(self) -> None:
        """Make the folder for this process, after what a crash left was cleaned away.

        Raises:
            StackError: a demo runs in it.
        """
        clean(state_root())
        if self.running:
            raise StackError("a demo runs already: `make demo-stop` ends it")
        self.workspace.remove()
        self.workspace.occupy()

    @property
    def running(self) -> bool:
        """Whether a supervisor holds this demo."""
        owner = self.workspace.owner
        return owner is not None and owner.alive

    def stop(self) -> bool:
        """End the demo and remove its folder; says whether there was one."""
        found = self.folder.exists()
        owner = self.workspace.owner
        if owner is not None and owner.alive:
            os.kill(owner.pid, signal.SIGTERM)
            deadline = time.monotonic() + _STOP_SECONDS
            while owner.alive and time.monotonic() < deadline:
                time.sleep(0.05)
            if owner.alive:
                os.kill(owner.pid, signal.SIGKILL)
        self.workspace.remove()
        return found

    def write_settings(self, settings: dict[str, str]) -> None:
        """Write the settings for shells to read; for the eyes of this user only."""
        lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
        self.settings_file.touch(mode=0o600)
        self.settings_file.write_text("".join(lines))

    def read_settings(self) -> dict[str, str]:
        """What `write_settings` wrote.

        Raises:
            StackError: no demo runs.
        """
        if not self.settings_file.exists():
            raise StackError("no demo runs: `make demo` starts one")
        words = shlex.split(self.settings_file.read_text())
        return dict(word.split("=", 1) for word in words)
