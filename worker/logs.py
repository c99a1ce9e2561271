"""Logs on stderr: an event's name and its fields, one JSON object a line, or plain for a person.

Code logs with the standard library: ``log.info("scan_finished", extra=fields(label="GENUINE"))``. What
`bound` was given stands in every line inside its block, so the id of an upload event reaches lines
that know nothing of it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from worker.settings import Settings

_FIELDS = "artgate_fields"
_LONGEST = 500
_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default={})  # noqa: B039 - never changed in place
_NOISY = ("celery", "kombu", "amqp", "botocore", "boto3", "urllib3", "httpx", "httpcore", "PIL")


def fields(**values: Any) -> dict[str, Any]:
    """What a log line says besides its event, for `extra`. No bytes, no secrets."""
    return {_FIELDS: values}


def trouble(error: BaseException) -> dict[str, Any]:
    """What a server or a driver says of a failure that is to be expected at times, in one line, for `extra`.

    SQLAlchemy's own words hold the statement with its parameters: the driver's are taken.
    """
    cause = getattr(error, "orig", None) or error
    return fields(error=type(cause).__name__, says=" ".join(str(cause).split())[:_LONGEST])


@contextlib.contextmanager
def bound(**values: Any) -> Iterator[None]:
    """Give every line that is logged inside the block these fields."""
    token = _bound.set({**_bound.get(), **values})
    try:
        yield
    finally:
        _bound.reset(token)


def configure(settings: Settings, *, process: str) -> None:
    """Send all logs of this process to stderr in the form that the settings ask for.

    Args:
        settings: ``log_format`` and ``log_level``.
        process: what every line names as its origin: hook, worker, sweeper, relay.
    """
    plain = settings.log_format == "plain" or (settings.log_format == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter(process) if plain else JsonFormatter(process))
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, process, logger, event, then the fields."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "event": record.getMessage(),
            **_fields_of(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """``12:00:01 worker scan_finished label=GENUINE``: a person's form."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, a traceback below it where there is one."""
        clock = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        level = "" if record.levelno == logging.INFO else f"{record.levelname} "
        pairs = "".join(f" {name}={value}" for name, value in _fields_of(record).items())
        text = f"{clock} {self._process} {level}{record.getMessage()}{pairs}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    return {**_bound.get(), **getattr(record, _FIELDS, {})}
