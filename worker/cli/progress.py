"""Progress of long work on standard error: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import typer

from worker.cli.output import age

Advance = Callable[[int], None]
"""Takes how many units are done in all."""

_WINDOW = 6
"""Lines over which a rate is taken."""


@contextmanager
def progress(label: str, total: int | None, *, every: float = 5.0) -> Iterator[Advance]:
    """Show how far work is.

    Args:
        label: What is done, in a word or two.
        total: Units in all, or None where nobody knows.
        every: Least seconds between two plain lines.
    """
    if sys.stderr.isatty():
        with _bar(label, total) as advance:
            yield advance
    else:
        lines = _Lines(label, total, every)
        yield lines.advance
        lines.last()


def progress_beside(label: str, total: int, *, lines: bool) -> AbstractContextManager[Advance]:
    """Progress of a command that prints a result for each unit, if there is anything to wait for.

    Args:
        label: As of ``progress``.
        total: Units in all.
        lines: Results are printed one by one: on a terminal they show how far it is.
    """
    if total < 2 or (lines and sys.stdout.isatty()):
        return nullcontext(lambda _: None)
    return progress(label, total)


@contextmanager
def _bar(label: str, total: int | None) -> Iterator[Advance]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs rich
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(_rate(task.speed or 0.0))

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)


class _Lines:
    """Plain lines, at most one in ``every`` seconds, and one at the end."""

    def __init__(self, label: str, total: int | None, every: float) -> None:
        self._label = label
        self._total = total
        self._every = every
        self._started = self._printed = time.monotonic()
        self._done = 0
        self._said: int | None = None
        self._past = deque([(self._started, 0)], maxlen=_WINDOW)
        """When how many were done, at the last lines: what was known before says nothing of the rate."""

    def advance(self, done: int) -> None:
        self._done = done
        if time.monotonic() - self._printed >= self._every:
            self._print()

    def last(self) -> None:
        if self._said != self._done:
            self._print()

    def _print(self) -> None:
        self._printed, self._said = time.monotonic(), self._done
        then, before = self._past[0]
        rate = (self._done - before) / max(self._printed - then, 1e-9)
        self._past.append((self._printed, self._done))
        of = "" if self._total is None else f" of {self._total}"
        parts = [f"{self._label}: {self._done}{of}", f"{self._printed - self._started:.0f} s", _rate(rate)]
        if self._total is not None and self._done < self._total and rate > 0:
            parts.append(f"{age((self._total - self._done) / rate)} left")
        typer.echo(", ".join(parts), err=True)


def _rate(a_second: float) -> str:
    """By the second, or by the minute where that would begin with a nought."""
    if a_second < 1:
        return f"{60 * a_second:.1f}/min"
    return f"{a_second:.1f}/s" if a_second < 100 else f"{a_second:.0f}/s"
