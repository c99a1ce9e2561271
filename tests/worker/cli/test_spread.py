"""Work on all cores: in order, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from deploy.local.processes import Identity
from detector.reasons import Fault, Reason, Rejected
from tests.worker.inbox import wait_until
from worker.cli.work.spread import spread

LITTLE = 1
"""Bytes: as many processes as there are cores."""


@contextmanager
def open_square(opened: Path) -> Iterator[Callable[[int], tuple[int, int]]]:
    """Squares a number in a process that it names; each opening leaves a file."""
    (opened / str(os.getpid())).touch()
    yield square


def square(number: int) -> tuple[int, int]:
    time.sleep(0.02 if number % 3 == 0 else 0)
    return number * number, os.getpid()


@contextmanager
def open_refusal() -> Iterator[Callable[[int], int]]:
    """Can't be opened."""
    raise Fault(Reason.WEIGHTS_MISSING, "the weights are not on this machine")
    yield abs


@contextmanager
def open_killer() -> Iterator[Callable[[int], int]]:
    """Kills its process."""
    yield die


def die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@contextmanager
def open_sleeper(started: Path) -> Iterator[Callable[[int], None]]:
    """Works for ever."""
    (started / str(os.getpid())).touch()
    yield lambda _: time.sleep(600)


@pytest.fixture(autouse=True)
def _own_thread_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "1")


def test_results_come_in_the_order_of_the_items(tmp_path: Path) -> None:
    found = list(spread(partial(open_square, tmp_path), range(40), memory=LITTLE))
    assert [squared for squared, _ in found] == [number * number for number in range(40)]
    cores = len(os.sched_getaffinity(0))
    assert len(list(tmp_path.iterdir())) == len({pid for _, pid in found}) <= cores, "each opened once"


@pytest.mark.parametrize(("items", "memory"), [(1, LITTLE), (5, 2**60)])
def test_one_item_or_little_memory_needs_no_other_process(items: int, memory: int, tmp_path: Path) -> None:
    found = list(spread(partial(open_square, tmp_path), range(items), memory=memory))
    assert {pid for _, pid in found} == {os.getpid()}


def test_nothing_to_do_opens_nothing(tmp_path: Path) -> None:
    assert list(spread(partial(open_square, tmp_path), [], memory=LITTLE)) == []
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_opened_is_told_once_with_its_reason() -> None:
    with pytest.raises(Fault) as fault:
        list(spread(open_refusal, range(9), memory=LITTLE))
    assert fault.value.reason is Reason.WEIGHTS_MISSING


def test_a_process_that_is_killed_ends_the_work_with_a_sentence() -> None:
    with pytest.raises(Fault, match="memory") as fault:
        list(spread(open_killer, range(9), memory=LITTLE))
    assert fault.value.reason is Reason.INTERNAL_ERROR
    assert not isinstance(fault.value, Rejected)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_command_however_it_ends(end: signal.Signals, tmp_path: Path) -> None:
    program = f"""
from functools import partial
from pathlib import Path
from tests.worker.cli.test_spread import open_sleeper
from worker.cli.work.spread import spread
if __name__ == "__main__":
    list(spread(partial(open_sleeper, Path({str(tmp_path)!r})), range(9), memory=1))
"""
    script = tmp_path.with_suffix(".py")
    script.write_text(program)
    root = Path(__file__).parents[3]
    command = subprocess.Popen(
        [sys.executable, script],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},  # noqa: TID251 - a child of this test
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: len(list(tmp_path.iterdir())) == min(9, len(os.sched_getaffinity(0))), "the workers")
    workers = [Identity.of(int(path.name)) for path in tmp_path.iterdir()]
    command.send_signal(end)
    command.wait(10)
    wait_until(lambda: not any(worker and worker.alive for worker in workers), "the end of the workers", 10)
