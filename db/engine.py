"""From an URL to engines and sessions. Nothing here opens a connection before it is asked to."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, QueuePool

_TRUSTED_SECONDS = 30.0
_RESTS_SINCE = "rests since"
_POSTGRES_SCHEMES = {"postgres", "postgresql"}


def normalised_url(url: str | URL) -> URL:
    """The URL with psycopg 3 as its driver, whichever way PostgreSQL was named.

    Raises:
        ValueError: not an URL, or not one of PostgreSQL. The message does not repeat the URL, which
            may hold a password.
    """
    try:
        parsed = make_url(url)
    except Exception:  # noqa: BLE001 - its errors quote the URL, password included
        raise ValueError("the database URL can't be parsed") from None
    if parsed.drivername.split("+")[0] not in _POSTGRES_SCHEMES:
        raise ValueError(f"the database URL names {parsed.drivername!r}: artgate needs PostgreSQL")
    return parsed.set(drivername="postgresql+psycopg")


def make_engine(
    url: str | URL,
    *,
    application: str = "artgate",
    pool_size: int = 5,
    pooled: bool = True,
    connect_timeout: int = 5,
    statement_timeout: float = 30.0,
    lock_timeout: float = 10.0,
    idle_timeout: float = 60.0,
) -> Engine:
    """An engine on PostgreSQL; make it after a fork, never before.

    Args:
        url: where PostgreSQL is; any of its usual schemes.
        application: name that pg_stat_activity shows.
        pool_size: connections that are kept; as many again may be opened under load.
        pooled: False opens a connection for each use and closes it after: for a process that
            forks, such as the worker's parent.
        connect_timeout: seconds to reach the server (at least 2, by libpq's rule).
        statement_timeout: seconds after which the server cancels a statement; 0 for never.
        lock_timeout: seconds a statement may wait for a lock; 0 for ever.
        idle_timeout: seconds after which the server ends a session that idles in a transaction, so
            that a process that hangs can't hold row locks for ever.

    Raises:
        ValueError: the URL is not one of PostgreSQL.
    """
    limits = {
        "statement_timeout": statement_timeout,
        "lock_timeout": lock_timeout,
        "idle_in_transaction_session_timeout": idle_timeout,
    }
    options = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items())
    arguments = {
        "application_name": application,
        "connect_timeout": connect_timeout,
        # A plan made for any parameter can't use a partial index, which is made for one state. Compiling
        # one, which PostgreSQL does for what it thinks costly, takes ten times as long as running it.
        "options": f"{options} -c timezone=UTC -c plan_cache_mode=force_custom_plan -c jit=off",
    }
    target = normalised_url(url)
    if not pooled:
        return create_engine(target, connect_args=arguments, poolclass=NullPool)
    engine = create_engine(
        target,
        connect_args=arguments,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=connect_timeout,
    )
    _check_before_use(engine)
    return engine


def _check_before_use(engine: Engine) -> None:
    """Replace a connection that no longer works before it is used.

    The pool's own way sends a question before every use. Here the socket is looked at instead: a server that
    ends a connection says so, and nothing else comes unasked. Only one that has rested for long, which a
    network on the way may have forgotten without a word, is sent a question.
    """

    @event.listens_for(engine, "checkin")
    def note(_: Any, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def check(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        rested = time.monotonic() - record.info.get(_RESTS_SINCE, time.monotonic())
        if rested < _TRUSTED_SECONDS and not _has_word(connection):
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the server has ended the connection") from error


def _has_word(connection: Any) -> bool:
    """Something came from the server that nobody has read."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A factory of sessions: ``with sessions.begin() as session`` is one transaction.

    Objects are not expired on commit, so that what a transaction read stays readable after it.
    """
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def asking(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session for questions that need no common view: none has a transaction begun and ended around it.

    Beginning and ending are a round trip each, as much as a short question itself.
    """
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session
