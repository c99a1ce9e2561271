"""``python -m tests.chaos.stepped FILE COMMAND``: a process of artgate whose wall clock can be stepped.

FILE holds two doubles: the offset in seconds that is wanted, and the one that the process has last told the
time by. All of Python's ``time.time`` in the process and in its forks is offset, Celery's own too; PostgreSQL
and the monotonic clock are not.
"""

from __future__ import annotations

import mmap
import struct
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

_DOUBLES = struct.Struct("dd")
_SECOND = 1_000_000_000


class Offset:
    """The file, as both sides see it."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_DOUBLES.pack(0.0, 0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), _DOUBLES.size)

    @property
    def wanted(self) -> float:
        """Seconds that the clock is to be ahead."""
        return float(_DOUBLES.unpack(self._shared[:])[0])

    @property
    def seen(self) -> float:
        """Seconds that it was ahead when it was last read."""
        return float(_DOUBLES.unpack(self._shared[:])[1])

    def want(self, seconds: float) -> None:
        """Step the clock."""
        struct.pack_into("d", self._shared, 0, seconds)

    def see(self) -> float:
        """What is wanted, which is noted as seen."""
        wanted = self.wanted
        struct.pack_into("d", self._shared, 8, wanted)
        return wanted


def step_clocks(offset: Offset) -> None:
    """Put offset clocks in the place of this process's; call it before anything imports them."""
    true_time: Callable[[], float] = time.time  # noqa: TID251 - it is replaced here
    true_nanoseconds = time.time_ns
    time.time = lambda: true_time() + offset.see()  # noqa: TID251 - see above
    time.time_ns = lambda: true_nanoseconds() + round(offset.see() * _SECOND)


def main(file: str, *command: str) -> None:
    """Step the clocks, then be artgate."""
    step_clocks(Offset(Path(file)))
    from worker import clock  # noqa: PLC0415 - only now the clock is stepped
    from worker.cli.main import main as artgate  # noqa: PLC0415 - as above

    clock.utc_now = lambda: datetime.fromtimestamp(time.time(), UTC)  # noqa: TID251 - stepped as well
    sys.argv = ["artgate", *command]
    artgate()


if __name__ == "__main__":
    main(*sys.argv[1:])
