"""What the kernel knows of processes: who lives, since when, and who belongs to whom.

A process id alone is not enough to end a process that was written down earlier: ids are given out again.
Together with the moment of its start it is unique.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_KILL_SECONDS = 5.0
_STATE, _SESSION, _START = 0, 3, 19
"""Fields of /proc/PID/stat, counted after the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One process of this machine, told apart from later ones with the same id."""

    pid: int
    started: int
    """Clock ticks from boot to its start."""

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """The process that has `pid` now; None where there is none, or only its remains."""
        fields = _stat(pid)
        if fields is None or fields[_STATE] in "ZX":
            return None
        return cls(pid=pid, started=int(fields[_START]))

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Read what ``str`` wrote.

        Raises:
            ValueError: `text` was not written by ``str``.
        """
        pid, started = text.split()
        return cls(pid=int(pid), started=int(started))

    def __str__(self) -> str:
        return f"{self.pid} {self.started}"

    @property
    def alive(self) -> bool:
        """Whether just this process still runs."""
        return Identity.of(self.pid) == self


def session_members(leader: Identity) -> list[int]:
    """Ids of the living processes in the session that `leader` began, itself included.

    The kernel does not give out an id again while it names a session, so members without a leader are
    still those of `leader`.
    """
    now = Identity.of(leader.pid)
    if now is not None and now != leader:
        return []
    return [pid for pid in _pids() if _session(pid) == leader.pid]


def end_session(leader: Identity) -> int:
    """Kill every process of the session that `leader` began, wait for their end, say how many they were."""
    members = session_members(leader)
    for pid in members:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + _KILL_SECONDS
    while session_members(leader) and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(members)


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def _session(pid: int) -> int | None:
    fields = _stat(pid)
    return None if fields is None or fields[_STATE] in "ZX" else int(fields[_SESSION])


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat after the name, which may hold spaces and brackets itself."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()
