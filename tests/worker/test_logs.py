"""The logs' two forms."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from worker import logs
from worker.settings import Settings


def test_trouble_is_one_line_of_the_drivers_own_words() -> None:
    """SQLAlchemy quotes the statement with its parameters, which are keys of pictures and more."""
    driver = psycopg.OperationalError("connection refused\n\tIs the server running?")
    error = OperationalError("SELECT :key", {"key": "private.png"}, driver)
    (said,) = logs.trouble(error).values()
    assert said == {"error": "OperationalError", "says": "connection refused Is the server running?"}


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_a_line_of_json_has_its_event_its_fields_and_what_is_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure(Settings(log_format="json"), process="worker")
    with logs.bound(event_id="7"):
        logging.getLogger("worker.scan").info("scanned", extra=logs.fields(label="GENUINE", key="ü"))
    logging.getLogger("worker.scan").info("idle")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert {**first, "time": None} == {
        "time": None,
        "level": "info",
        "process": "worker",
        "logger": "worker.scan",
        "event": "scanned",
        "event_id": "7",
        "label": "GENUINE",
        "key": "ü",
    }
    assert "event_id" not in second


def test_an_error_keeps_its_traceback_in_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json"), process="worker")
    try:
        int("what went wrong")
    except ValueError:
        logging.getLogger("worker").exception("broke")
    (line,) = capsys.readouterr().err.splitlines()
    assert "what went wrong" in json.loads(line)["error"]


def test_the_plain_form_is_one_short_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="plain"), process="relay")
    logging.getLogger("worker.relay").warning("delivery_failed", extra=logs.fields(attempt=2))
    assert capsys.readouterr().err.strip().split(" ", 1)[1] == "relay WARNING delivery_failed attempt=2"


def test_less_than_the_least_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(Settings(log_format="json", log_level="warning"), process="worker")
    logging.getLogger("worker").info("quiet")
    logging.getLogger("celery").info("quiet too")
    assert capsys.readouterr().err == ""
