"""The life of a process that does one thing again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from worker import loop

AWAY = OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused"))
BROKEN = ProgrammingError("SELEKT 1", {}, psycopg.ProgrammingError("syntax error"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a database that is only said to be away."""
    monkeypatch.setattr(loop, "_AWAY", 0.0)


def rounds(stop: threading.Event, *outcomes: bool | DBAPIError) -> Callable[[], bool]:
    """A step that ends in one outcome after another, then asks for the end."""
    left: Iterator[bool | DBAPIError] = iter(outcomes)

    def step() -> bool:
        outcome = next(left, None)
        if outcome is None:
            stop.set()
            return True
        if isinstance(outcome, DBAPIError):
            raise outcome
        return outcome

    return step


def test_an_absence_is_said_once_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    """A line each, however many rounds it lasts."""
    stop = threading.Event()
    with caplog.at_level(logging.INFO):
        loop.repeat(rounds(stop, True, AWAY, AWAY, AWAY, True), stop=stop, interval=0.0)
    assert [record.getMessage() for record in caplog.records] == ["database_away", "database_back"]
    assert caplog.records[0].exc_info is None, "what is expected at times needs no traceback"


def test_a_fault_of_the_program_shows_where_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """It ends no process, and the log has its traceback."""
    stop = threading.Event()
    loop.repeat(rounds(stop, BROKEN), stop=stop, interval=0.0)
    (record,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert record.exc_info is not None
