"""One piece of work for each of many items, on all cores, with the results in the items' order."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from detector.reasons import Fault, Reason
from worker.settings import threads_limited

Item = TypeVar("Item")
Result = TypeVar("Result")
Open = Callable[[], contextlib.AbstractContextManager[Callable[[Item], Result]]]
"""Opens what one process works with, such as a loaded model; called once in each process."""

_AHEAD = 4
"""Items that each process may be ahead of the one whose result is awaited."""
_PR_SET_PDEATHSIG = 1


def spread(open_work: Open[Item, Result], items: Sequence[Item], *, memory: int) -> Iterator[Result]:
    """Work on each item; gives the results one by one, as soon as those before them are there.

    Args:
        open_work: can be pickled; what it opens is closed at the end, whatever ends it.
        items: what to work on; each can be pickled.
        memory: bytes that one process needs, which bound how many there are.

    Raises:
        Fault: ``internal_error``: a process was killed, for want of memory most likely.
    """
    if not items:
        return
    processes = processes_for(len(items), memory)
    with threads_limited(processes):  # before any process loads a numeric library
        if processes == 1:
            with open_work() as work:
                yield from map(work, items)
            return
        try:
            yield from _spread(open_work, items, processes)
        except BrokenProcessPool:
            raise Fault(
                Reason.INTERNAL_ERROR,
                "a process of this command was killed; if memory is short, name fewer files at once",
            ) from None


def _spread(open_work: Open[Item, Result], items: Sequence[Item], processes: int) -> Iterator[Result]:
    pool = ProcessPoolExecutor(
        processes,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(open_work, os.getpid()),
    )
    try:
        rest = iter(items)
        submitted: deque[Future[Result]] = deque(
            pool.submit(_work, item) for item in itertools.islice(rest, _AHEAD * processes)
        )
        while submitted:
            yield submitted.popleft().result()
            submitted.extend(pool.submit(_work, item) for item in itertools.islice(rest, 1))
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def processes_for(items: int, memory: int) -> int:
    """How many processes work on so many items: as many as there are cores, and memory for, and work.

    Args:
        items: to work on.
        memory: bytes that one process needs.
    """
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(len(os.sched_getaffinity(0)), items, installed // memory))


_opened = contextlib.ExitStack()
_work_of_this_process: Callable[[Any], Any] | None = None
_open_work: Open[Any, Any] | None = None


def _begin(open_work: Open[Any, Any], parent: int) -> None:
    """Prepare a process: it leaves Ctrl-C to its parent, and never outlives it."""
    global _open_work  # noqa: PLW0603 - a pool's process has no other place
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    _open_work = open_work


def _work(item: Any) -> Any:
    """Work on one item; an error in opening reaches the parent as that of its first item."""
    global _work_of_this_process  # noqa: PLW0603 - see above
    if _work_of_this_process is None:
        assert _open_work is not None, "every process begins with _begin"
        _work_of_this_process = _opened.enter_context(_open_work())
    return _work_of_this_process(item)
