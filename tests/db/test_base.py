"""The types that all tables share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import cast, literal, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from db.base import TextEnum, UtcDateTime, db_after, db_now
from db.models import EventState


def test_a_moment_comes_back_in_utc_whatever_zone_it_was_given_in(session: Session) -> None:
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=5)))

    stored = session.execute(select(literal(moment, UtcDateTime()))).scalar_one()

    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive"):
        session.execute(select(literal(datetime(2026, 3, 1), UtcDateTime())))  # noqa: DTZ001 - what is refused


def test_an_enum_is_stored_as_text_and_comes_back_as_its_member(session: Session) -> None:
    row = session.execute(
        select(literal(EventState.DONE, TextEnum(EventState)), cast(literal("dead"), TextEnum(EventState)))
    ).one()

    assert tuple(row) == (EventState.DONE, EventState.DEAD)


def test_a_text_that_is_no_member_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="asleep"):
        session.execute(select(literal("asleep", TextEnum(EventState))))


def test_the_clock_of_leases_moves_within_a_transaction(session: Session) -> None:
    first = session.execute(select(db_now())).scalar_one()
    second, later = session.execute(select(db_now(), db_after(90.5))).one()

    assert second > first
    assert later - second == timedelta(seconds=90.5)
