"""An intake for a process that is not the hook: a command, or a platform's own code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from db.engine import make_engine, make_sessions
from worker.dispatch import Dispatcher
from worker.intake.accept import Intake
from worker.intake.announce import announce
from worker.settings import Settings


@contextmanager
def open_intake(settings: Settings) -> Iterator[Intake]:
    """An intake on the database and the broker that ``settings`` name; closes its connections at the end."""
    engine = make_engine(settings.database_url.get_secret_value(), application="artgate intake", pool_size=2)
    dispatcher = Dispatcher(settings)
    sessions = make_sessions(engine)
    try:
        yield Intake(sessions, buckets=settings.buckets, announce=partial(announce, sessions, dispatcher))
    finally:
        dispatcher.close()
        engine.dispose()
