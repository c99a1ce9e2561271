"""One program as a direct child that never outlives us: start, wait until ready, stop, kill."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import Identity, end_session

_BOUND = Path(__file__).with_name("bound.py")
_STEP = 0.01
_LOG_TAIL = 1500


class StackError(Exception):
    """A server of the local stack can't do what it must; the text says what and, if known, why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of this machine that a program runs as."""

    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> Account | None:
        """For root, which some servers refuse to run as, the user nobody; else None: as we are."""
        if os.getuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return cls(uid=entry.pw_uid, gid=entry.pw_gid)

    def own(self, path: Path) -> None:
        """Make the account the owner of `path` and of all that lies in it."""
        for entry in (path, *path.rglob("*")):
            os.chown(entry, self.uid, self.gid, follow_symlinks=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run and how it wants to be ended."""

    name: str
    command: Sequence[str]
    folder: Path
    """Working folder; the log lies beside it or where `log` says."""
    log: Path
    environment: Mapping[str, str]
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    """Seconds from the signal to SIGKILL."""


class Child:
    """A running program in a session of its own, so that Ctrl-C reaches it through us alone.

    It is bound to the thread that calls `start`: when that thread ends, by whatever cause, the kernel
    sends the program its stop signal.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._identity: Identity | None = None

    @property
    def pid(self) -> int:
        """Process id of the program that was started last."""
        return self.identity.pid

    @property
    def identity(self) -> Identity:
        """The process that was started last."""
        if self._identity is None:
            raise StackError(f"{self.program.name} has not been started")
        return self._identity

    @property
    def running(self) -> bool:
        """Whether the program was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """What the program ended with; None while it runs or where it never began."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Start the program; it need not be ready for use yet."""
        if self.running:
            raise StackError(f"{self.program.name} runs already")
        with self.program.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - launchers name their own programs
                self._command(),
                cwd=self.program.folder,
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._identity = Identity.of(self._process.pid) or Identity(pid=self._process.pid, started=0)

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready` says so.

        Raises:
            StackError: the program ended first, or is not ready after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running:
                raise StackError(self._trouble(f"ended with status {self.exit_status}"))
            if time.monotonic() > deadline:
                raise StackError(self._trouble(f"was not ready after {seconds:g} s"))
            time.sleep(_STEP)

    def run_to_end(self, seconds: float) -> None:
        """Start the program and wait until it has done its work.

        Raises:
            StackError: it failed, or needs longer than `seconds`.
        """
        self.start()
        assert self._process is not None, "start() made it"
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.stop()
            raise StackError(self._trouble(f"did not end within {seconds:g} s")) from None
        if status != 0:
            raise StackError(self._trouble(f"failed with status {status}"))

    def signal_stop(self) -> None:
        """Ask the program to end, without waiting for it."""
        if self._process is not None and self.running:
            self._process.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """End the program and every process of its session; does nothing where there is none."""
        if self._process is None:
            return
        self.signal_stop()
        try:
            self._process.wait(self.program.grace)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        end_session(self.identity)

    def kill(self) -> None:
        """Take the program down as ``kill -9`` does; its own children are left to themselves."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _command(self) -> list[str]:
        account = self.program.account
        uid, gid = (account.uid, account.gid) if account else (-1, -1)
        bound = [os.getpid(), int(self.program.stop_signal), uid, gid]
        return [sys.executable, "-I", "-S", str(_BOUND), *map(str, bound), *self.program.command]

    def _trouble(self, what: str) -> str:
        tail = self.program.log.read_text(errors="replace")[-_LOG_TAIL:].strip()
        return f"{self.program.name} {what}; {self.program.log} ends with:\n{tail}"


def plain_environment(home: Path) -> dict[str, str]:
    """The least that a server needs: nothing of ours, no secret, leaks into it."""
    return {"HOME": str(home), "LANG": "C.UTF-8", "PATH": os.defpath, "TMPDIR": str(home)}


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
