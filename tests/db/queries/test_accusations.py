"""How often someone was called SYNTHETIC: counted for one uploader, of one day, by scans."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from db.models import VerdictLabel, VerdictOrigin
from db.queries import accusations
from tests.db import factories


def accuse(session: Session, uploader: str | None = "ann", **given: Any) -> None:
    image = factories.image(session, uploader=uploader)
    factories.verdict(session, image, **({"label": VerdictLabel.SYNTHETIC} | given))


def within(session: Session, limit: int = 2) -> bool:
    return accusations.within_limit(session, "ann", limit=limit)


def test_each_synthetic_of_the_day_counts_until_the_limit(session: Session) -> None:
    assert within(session)
    accuse(session)
    assert within(session)
    accuse(session)
    assert not within(session)
    assert within(session, limit=3)
    assert not within(session, limit=0)


@pytest.fixture
def others(session: Session) -> Session:
    accuse(session, uploader="bob")
    accuse(session, uploader=None)
    accuse(session, label=VerdictLabel.UNCERTAIN)
    accuse(session, label=VerdictLabel.GENUINE)
    accuse(session, origin=VerdictOrigin.BACKFILL)
    return session


def test_others_other_answers_and_backfills_do_not_count(others: Session) -> None:
    assert within(others, limit=1)


def test_what_is_older_than_a_day_does_not_count(session: Session) -> None:
    accuse(session)
    session.execute(text("UPDATE verdicts SET created_at = now() - interval '25 hours'"))
    assert within(session, limit=1)


def test_two_that_are_written_at_once_are_counted_both(sessions: sessionmaker[Session]) -> None:
    answers: list[bool] = []

    def second() -> None:
        with sessions.begin() as session:
            answers.append(within(session, limit=1))

    with sessions.begin() as session:
        assert within(session, limit=1)
        thread = threading.Thread(target=second)
        thread.start()
        accuse(session)
    thread.join()
    assert answers == [False]
