"""Checks of the machine: libraries, processors, memory, disk."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from worker.doctor.finding import Area, Finding
from worker.settings import Settings

_AREA = Area("machine")
_GIB = 2**30
_BYTES_PER_CHILD = 2 * _GIB
_LEAST_FREE = 2 * _GIB


def check_machine(settings: Settings) -> Iterator[Finding]:
    """What this machine offers to the processes that would run on it."""
    yield _libraries()
    yield _processors(settings)
    yield _memory(settings)
    yield _disk()


def _libraries() -> Finding:
    wanted = [Requirement(line) for line in requires("artgate") or () if "extra ==" not in line]
    wrong = [problem for problem in map(_library_problem, wanted) if problem]
    if not wrong:
        return _AREA.ok("libraries", f"{len(wanted)} as required, Python {platform.python_version()}")
    return _AREA.wrong(
        "libraries", "; ".join(wrong), "run `make install` to bring the environment up to date"
    )


def _library_problem(wanted: Requirement) -> str | None:
    if wanted.marker and not wanted.marker.evaluate():
        return None
    try:
        installed = version(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is missing"
    if wanted.specifier.contains(installed, prereleases=True):
        return None
    return f"{wanted.name} {installed} is not {wanted.specifier}"


def _processors(settings: Settings) -> Finding:
    cores = len(os.sched_getaffinity(0))
    found = f"{cores} cores for {settings.worker_children} worker processes"
    if settings.worker_children <= cores:
        return _AREA.ok("processors", found)
    return _AREA.note(
        "processors", found, f"set ARTGATE_WORKER_CHILDREN={cores}; more processes only wait for each other"
    )


def _memory(settings: Settings) -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    needed = settings.worker_children * _BYTES_PER_CHILD
    found = f"{total / _GIB:.1f} GiB for {settings.worker_children} worker processes"
    if needed <= total:
        return _AREA.ok("memory", found)
    return _AREA.wrong(
        "memory",
        found,
        f"count {_BYTES_PER_CHILD / _GIB:.0f} GiB a worker process; lower ARTGATE_WORKER_CHILDREN",
    )


def _disk() -> Finding:
    free = shutil.disk_usage(tempfile.gettempdir()).free
    found = f"{free / _GIB:.1f} GiB free for temporary files"
    if free >= _LEAST_FREE:
        return _AREA.ok("disk", found)
    return _AREA.wrong("disk", found, "free some space, or point TMPDIR at a larger disk")
