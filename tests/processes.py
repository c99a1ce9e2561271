"""Who was started by whom: the kernel's own account."""

from __future__ import annotations

from pathlib import Path

from deploy.local.processes import Identity

_PARENT = 1
"""Field of /proc/PID/stat, counted after the name."""


def children_of(pid: int) -> list[Identity]:
    """The living processes that a process has started and that are still its own."""
    found = [Identity.of(child) for child, parent in _parents().items() if parent == pid]
    return [child for child in found if child is not None]


def family_of(pid: int) -> list[Identity]:
    """The living descendants of a process."""
    return [each for child in children_of(pid) for each in (child, *family_of(child.pid))]


def _parents() -> dict[int, int]:
    """The parent of each process."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(fields[_PARENT])
    return parents
