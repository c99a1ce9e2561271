"""A desk with items on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from detector.reasons import Reason, Rejected
from tests.worker.filing import Filed, file_uncertain
from worker.clock import new_id


@pytest.fixture
def open_items(sessions: sessionmaker[Session]) -> Callable[[int], list[Filed]]:
    """Opens that many new items, the first one the most urgent."""

    def make(count: int) -> list[Filed]:
        batch = new_id().hex
        with sessions.begin() as session:
            return [
                file_uncertain(session, "uploads", f"{batch}/{number}.png", priority=1.0 - number / 1000)
                for number in range(count)
            ]

    return make


@pytest.fixture
def own_sessions(new_database: Callable[[], str]) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database of the test's own."""
    engine = make_engine(new_database(), application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def quiet_sessions(new_database: Callable[[], str]) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database that holds nothing but what a test of the module puts there and rolls back."""
    engine = make_engine(new_database(), application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def session(quiet_sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session whose work is rolled back."""
    with quiet_sessions() as made:
        yield made
        made.rollback()


def refused(step: Callable[[], object]) -> Reason:
    """Why a step is refused."""
    with pytest.raises(Rejected) as error:
        step()
    return error.value.reason
