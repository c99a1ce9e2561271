"""From an URL to a connection that can't hang for ever."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from db.engine import asking, make_engine, make_sessions, normalised_url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_name_of_postgresql_means_psycopg_3(scheme: str) -> None:
    assert normalised_url(f"{scheme}://u@h/d").drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["sqlite:///x?p=hunter2", "hunter2", "postgresql://u:hunter2@h:port/d"])
def test_another_database_is_refused_without_repeating_the_url(url: str) -> None:
    with pytest.raises(ValueError, match="database URL") as caught:
        normalised_url(url)

    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_connection_speaks_utc_says_its_name_and_is_bounded(session: Session) -> None:
    shown = session.execute(
        text(
            "SELECT current_setting('TimeZone'), current_setting('application_name'),"
            " current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),"
            " current_setting('plan_cache_mode')"
        )
    ).one()

    assert tuple(shown) == ("UTC", "test", "5s", "1min", "force_custom_plan")


def test_a_statement_that_takes_too_long_is_cancelled(database: str) -> None:
    engine = make_engine(database, statement_timeout=0.05, pooled=False)

    with engine.connect() as connection, pytest.raises(OperationalError, match="statement timeout"):
        connection.execute(text("SELECT pg_sleep(30)"))


def test_a_connection_that_the_server_has_ended_is_replaced_unseen(engine: Engine, database: str) -> None:
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with make_engine(database, pooled=False).connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    with engine.connect() as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_an_engine_without_a_pool_keeps_no_connection(database: str) -> None:
    assert isinstance(make_engine(database, pooled=False).pool, NullPool)


def test_a_connection_is_asked_only_after_a_long_rest(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question before each use was a tenth of all that a busy desk asked."""
    engine = make_engine(database, pool_size=1)
    asked: list[object] = []
    monkeypatch.setattr(engine.dialect, "do_ping", asked.append)
    for _ in range(3):
        engine.connect().close()
    assert asked == []
    monkeypatch.setattr("db.engine._TRUSTED_SECONDS", 0.0)
    engine.connect().close()
    assert len(asked) == 1
    engine.dispose()


def test_a_question_needs_no_transaction_and_leaves_none_to_who_comes_next(
    database: str,
) -> None:
    engine = make_engine(database, pool_size=1)
    sessions = make_sessions(engine)
    moments = text("SELECT now() = statement_timestamp(), pg_backend_pid()")

    with asking(sessions) as session:
        session.execute(text("SELECT 1"))
        alone, connection = session.execute(moments).one()
    with sessions.begin() as session:
        session.execute(text("SELECT 1"))
        first, same = session.execute(moments).one()

    assert connection == same
    assert alone
    assert not first
    engine.dispose()
