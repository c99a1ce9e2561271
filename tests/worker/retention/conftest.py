"""An installation whose duties are divided."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from migrations.grants import Role
from migrations.roles import make_roles


@pytest.fixture
def url(new_database: Callable[[], str]) -> str:
    """A database of the test's own."""
    return new_database()


@pytest.fixture
def owners_sessions(url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions that may do everything."""
    engine = make_engine(url, application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def sweepers_sessions(url: str) -> Iterator[sessionmaker[Session]]:
    """Sessions of the sweeper's role."""
    password = make_roles(url, passwords_for=frozenset({Role.SWEEPER})).passwords[Role.SWEEPER]
    engine = make_engine(make_url(url).set(username=Role.SWEEPER.value, password=password))
    yield make_sessions(engine)
    engine.dispose()
