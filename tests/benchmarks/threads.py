"""Stage `threads`: the cores of a machine shared out among children, against one child that has them all.

Each child is a process that scores pictures with hc148 and ConvNeXt-Tiny, with as many threads as a worker
with that many children gives it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.embedding import PRODUCTION
from tests.benchmarks.presets import picture_files, write_preset
from tests.benchmarks.report import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What one child does."""

    folder: Path
    """Holds the bundle, the weights that it names, and the pictures."""
    sharing: int
    """Children that the threads are shared out among."""
    pictures: int


def measure(*, smoke: bool) -> Figures:
    """Pictures a second of a child for each core, of one child, and of children that take no heed."""
    cores, pictures = len(os.sched_getaffinity(0)), 4 if smoke else 80
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_preset(folder, PRODUCTION, smoke=smoke)
        for number, picture in enumerate(picture_files(4)):
            (folder / f"{number}.jpg").write_bytes(picture)
        shared, threads = _together(cores, _Work(folder=folder, sharing=cores, pictures=pictures // cores))
        alone, _ = _together(1, _Work(folder=folder, sharing=1, pictures=pictures))
        heedless, _ = _together(cores, _Work(folder=folder, sharing=1, pictures=pictures // cores))
    return {
        "threads_shared_per_second": shared,
        "threads_one_child_per_second": alone,
        "threads_heedless_per_second": heedless,
        "threads_shared_ratio": shared / alone,
        "threads_heed_ratio": shared / heedless,
        "threads_at_work_in_a_child": threads,
    }


def _together(children: int, work: _Work) -> tuple[float, float]:
    """Pictures a second of some children that begin at once, and the threads that worked in the busiest."""
    command = [sys.executable, "-m", "tests.benchmarks.child"]
    command += [str(work.folder), str(work.sharing), str(work.pictures)]
    variables = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}  # noqa: TID251 - the child's own say holds
    with ExitStack() as stack:
        begun = [
            stack.enter_context(
                subprocess.Popen(
                    command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            for _ in range(children)
        ]
        for child in begun:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
        started = time.perf_counter()
        for child in begun:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        said = [int(child.communicate()[0]) for child in begun]
        took = time.perf_counter() - started
    return children * work.pictures / took, float(max(said))
