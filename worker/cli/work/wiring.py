"""What operators' commands work with: settings read once, and a session on the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from worker.settings import Settings, read_settings


@contextmanager
def installation() -> Iterator[tuple[Settings, sessionmaker[Session]]]:
    """The settings of this environment, and sessions on its database.

    Raises:
        Fault: ``settings_invalid``.
    """
    settings = read_settings()
    with sessions_of(settings) as sessions:
        yield settings, sessions


@contextmanager
def sessions_of(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on the database that ``settings`` name; its connections are closed at the end."""
    engine = make_engine(settings.database_url.get_secret_value(), application="artgate cli", pool_size=2)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()
