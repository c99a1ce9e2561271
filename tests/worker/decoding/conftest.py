"""A decoder, and the means to do something to it while it works on a file."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from detector.decode import DecodeLimits
from worker.decoding import DecoderProcess

GIB = 2**30
DEADLINE = 30.0
AT_WORK = 0.05
"""Seconds of processor time after which the child is surely in the middle of a slow file."""


def wait_until(true: Callable[[], bool]) -> None:
    """Wait, at most for the deadline."""
    ends = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.002)


def processor_time(child: psutil.Process) -> float:
    times = child.cpu_times()
    return float(times.user + times.system)


@contextmanager
def while_it_works(decoder: DecoderProcess, act: Callable[[int], None]) -> Iterator[None]:
    """Run ``act`` on the child's pid as soon as it is at work on the file that the block gives it."""
    child = psutil.Process(decoder.pid)
    before = processor_time(child)

    def watch() -> None:
        wait_until(lambda: processor_time(child) > before + AT_WORK)
        act(child.pid)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        watcher.join()


@pytest.fixture
def decoder() -> Iterator[DecoderProcess]:
    """With generous limits."""
    made = DecoderProcess(DecodeLimits(), seconds=20, memory=2 * GIB)
    yield made
    made.close()
