"""Whether a process lives and whether it is ready, each with one sentence where it is not.

*Live* means that the process's own loop turns: nothing outside is looked at, so that no fault elsewhere
has it restarted. *Ready* means that what it needs answers: PostgreSQL with a schema that this version can
use, and the broker where the process needs it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from db.queries import schema
from migrations.runner import revisions
from worker.dispatch import Dispatcher

_BEAT_SECONDS = 1.0

Check: TypeAlias = Callable[[], str | None]
"""Says in a sentence what is wrong; None where all is well."""


class Pulse:
    """When a loop turned last."""

    def __init__(self, *, bound: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._bound = bound
        self._clock = clock
        self._last = clock()

    def beat(self) -> None:
        """The loop turns."""
        self._last = self._clock()

    def age(self) -> float:
        """Seconds since it turned."""
        return self._clock() - self._last

    def check(self) -> str | None:
        """The check of life."""
        age = self.age()
        if age <= self._bound:
            return None
        return f"the loop has not turned for {age:.0f} s; restart the process"


class Together:
    """Several loops that beat as one: it turns once each of them has turned, so one that stands stops it."""

    def __init__(self, loops: int, beat: Callable[[], None]) -> None:
        self._loops = loops
        self._beat = beat
        self._turned: set[int] = set()
        self._lock = threading.Lock()

    def turned(self, number: int) -> None:
        """One of the loops, numbered from 0, has turned."""
        with self._lock:
            self._turned.add(number)
            if len(self._turned) == self._loops:
                self._turned.clear()
                self._beat()


async def beat(pulse: Pulse) -> None:
    """Show, until it is cancelled, that the loop of a server turns."""
    while True:
        pulse.beat()
        await asyncio.sleep(_BEAT_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a process answers to both questions."""

    live: Check
    ready: Sequence[Check]
    """Asked in this order, up to the first that is wrong."""

    def trouble(self) -> str | None:
        """Why the process is not ready; None where it is."""
        return next(filter(None, (check() for check in self.ready)), None)


class DatabaseReady:
    """PostgreSQL answers, and its schema is this version's or a newer release's.

    A newer schema is taken: a roll-out migrates first, and the release before runs on until it is replaced.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._head, *earlier = revisions()
        self._earlier = frozenset(earlier)

    def __call__(self) -> str | None:
        """The check."""
        try:
            with self._sessions() as session:
                found = schema.revision(session)
        except SQLAlchemyError as error:
            cause = type(getattr(error, "orig", None) or error).__name__
            return f"the database does not answer ({cause}); start it, or correct ARTGATE_DATABASE_URL"
        if found is not None and found not in self._earlier:
            return None
        return (
            f"the schema is at revision {found or 'none'}, this version needs {self._head};"
            " run `artgate db upgrade`"
        )


def broker_ready(dispatcher: Dispatcher) -> Check:
    """The broker answers."""

    def check() -> str | None:
        if dispatcher.depth() is not None:
            return None
        return "the broker does not answer; start it, or correct ARTGATE_BROKER_URL"

    return check
