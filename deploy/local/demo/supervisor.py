"""Holds the demo's stack: starts servers and artgate's processes, restarts what dies, ends all at once.

``python -m deploy.local.demo.supervisor NAME`` is started by ``make demo`` with a pipe as its standard
input. While that pipe is open and has not said ``keep``, the demo is still being set up: if its other end
closes, by Ctrl-C or by a crash, everything is ended. After ``keep`` the supervisor runs on until SIGTERM.
On its standard output it says what it does, a line each, and at last ``ready``.

Every process is a child bound to the supervisor, so that even ``kill -9`` of it leaves none.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

from deploy.local.demo.home import Home
from deploy.local.demo.plan import Plan
from deploy.local.demo.platform import Platform
from deploy.local.launch import Child, StackError
from deploy.local.stack import LocalStack, OwnServers
from deploy.local.storage import answers
from detector.reasons import ArtgateError
from worker.settings import read_settings

_READY_SECONDS = 60.0
_MIGRATE_SECONDS = 120.0
_LOOK_EVERY = 0.5
_KEEP = b"keep\n"
_log = logging.getLogger("artgate.demo")

Say = Callable[[str], None]


class Supervisor:
    """Everything that one demo runs."""

    def __init__(self, home: Home) -> None:
        self._home = home
        named = read_settings()
        self._stack = LocalStack(home.workspace, own=OwnServers.named_by(named), durable=True)
        self._plan = Plan.make(home.folder, named.buckets)
        self._platform = Platform(home.deliveries, self._plan.webhook_secret)
        self._processes: list[Child] = []

    def start(self, say: Say) -> None:
        """Start all of it and wait until the hook and the console answer."""
        names = [server.child.program.name for server in self._stack.servers]
        say(f"starting {', '.join(names)}" if names else "using the servers that are named")
        self._stack.start()
        settings = self._plan.settings(self._stack, self._platform.url)
        self._home.write_settings(settings)
        say("bringing the database to the newest schema")
        self._plan.migration(settings).run_to_end(_MIGRATE_SECONDS)
        self._processes = self._plan.processes(settings)
        say("starting the hook, the console, a worker, the sweeper and the relay")
        for process in self._processes:
            self._spawn(process)
        for process, port in zip(
            self._processes, (self._plan.hook_port, self._plan.console_port), strict=False
        ):
            process.wait_until(partial(answers, port, "/healthz"), _READY_SECONDS)

    def run(self) -> None:
        """Restart what dies, for ever."""
        while True:
            time.sleep(_LOOK_EVERY)
            for child in self._children:
                if not child.running:
                    _log.warning("%s ended with %s: starting it again", child.program.name, child.exit_status)
                    self._spawn(child)

    def stop(self) -> None:
        """End all of it: artgate's processes first, then the servers."""
        for process in self._processes:
            process.signal_stop()
        for process in self._processes:
            process.stop()
        self._stack.stop()
        self._platform.stop()

    @property
    def _children(self) -> list[Child]:
        return [*(server.child for server in self._stack.servers), *self._processes]

    def _spawn(self, child: Child) -> None:
        child.start()
        self._home.workspace.record(child.identity)


def main(name: str) -> None:
    """Run one demo until it is told to end."""
    home = Home(name)
    home.create()
    _take_errors_along(home.log)
    logging.basicConfig(filename=home.log, level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    threading.Thread(target=_watch, args=(sys.stdin.fileno(),), daemon=True).start()
    try:
        _supervise(home)
    except (StackError, ArtgateError) as error:
        _say(str(error))
        raise SystemExit(1) from None


def _supervise(home: Home) -> None:
    supervisor = Supervisor(home)
    try:
        supervisor.start(_say)
        _say("ready")
        supervisor.run()
    finally:
        supervisor.stop()


def _take_errors_along(log: Path) -> None:
    """Let go of the terminal, or of the pipe that waits for the end of ``make demo``."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stderr.fileno())


def _watch(lifeline: int) -> None:
    """End this process when the other end of its standard input goes before it said ``keep``."""
    if os.read(lifeline, len(_KEEP)) != _KEEP:
        os.kill(os.getpid(), signal.SIGTERM)


def _end(_number: int, _frame: FrameType | None) -> None:
    """Unwind once; what asks again while everything is being ended is not heard."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(0)


def _say(line: str) -> None:
    _log.info("%s", line)
    try:
        os.write(sys.stdout.fileno(), f"{line}\n".encode())
    except BrokenPipeError:  # nobody listens any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
