"""Sessions for the tests of the database: one that is rolled back, and ones that commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions


@pytest.fixture(scope="module")
def engine(database: str) -> Iterator[Engine]:
    """An engine on this module's database."""
    made = make_engine(database, application="test", lock_timeout=5)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work is rolled back at the end of the test, so that each starts on empty tables."""
    with engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as made:
            yield made
        transaction.rollback()


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[sessionmaker[Session]]:
    """Sessions that commit, on a database that only this test has."""
    engine = make_engine(new_database(), application="test", lock_timeout=5)
    yield make_sessions(engine)
    engine.dispose()
