"""A decoder process, watched: what it does, and something done to it while it works on a file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tests.detector.decode.files import saved
from worker.decoding import DecoderProcess

DEADLINE = 30.0
AT_WORK = 0.05
"""Seconds of processor time after which the child is surely in the middle of a slow file."""
SLOW = saved(Image.new("1", (10_000, 10_000)), "PNG")
"""A hundred million pixels: half a second of work, 400 MB of memory."""


def wait_until(true: Callable[[], bool]) -> None:
    """Wait, at most for the deadline."""
    ends = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.002)


def status(pid: int, name: str) -> str:
    """The first word of a line of the kernel's account of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(f"{name}:"))


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or waits for nothing but to be taken note of."""
    try:
        return status(pid, "State") == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def children() -> set[str]:
    """Of this process, with those that have ended and were not taken note of."""
    return {
        child for task in Path("/proc/self/task").glob("*/children") for child in task.read_text().split()
    }


def processor_time(pid: int) -> float:
    """Seconds that a process has worked."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def while_it_works(decoder: DecoderProcess, act: Callable[[int], None]) -> Iterator[None]:
    """Run ``act`` on the child's pid as soon as it is at work on the file that the block gives it."""
    child = decoder.pid
    assert child is not None
    before = processor_time(child)

    def watch() -> None:
        wait_until(lambda: processor_time(child) > before + AT_WORK)
        act(child)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        watcher.join()
