"""Answers kept for a second try, and how fast each token may ask."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from db.base import db_after
from db.models import Allowance, KeptAnswer
from db.queries import allowances, kept_answers, retention
from db.queries.kept_answers import Kept
from tests.db.factories import digest

Sessions = sessionmaker[Session]
ANSWER = Kept(request=digest("a request"), status=201, body={"id": "1"})


def test_an_answer_is_found_until_its_time_is_over(session: Session) -> None:
    kept_answers.keep(session, digest("key"), ANSWER, keep_seconds=60)
    assert kept_answers.find(session, digest("key"), keep_seconds=60) == ANSWER
    assert kept_answers.find(session, digest("another"), keep_seconds=60) is None

    session.execute(update(KeptAnswer).values(created_at=db_after(-61)))
    assert kept_answers.find(session, digest("key"), keep_seconds=60) is None


def test_a_key_whose_time_is_over_takes_another_answer_and_old_ones_go(session: Session) -> None:
    kept_answers.keep(session, digest("key"), ANSWER, keep_seconds=60)
    kept_answers.keep(session, digest("old"), ANSWER, keep_seconds=60)
    session.execute(update(KeptAnswer).values(created_at=db_after(-61)))

    other = Kept(request=digest("another request"), status=200, body={"id": "2"})
    kept_answers.keep(session, digest("key"), other, keep_seconds=60)

    assert kept_answers.find(session, digest("key"), keep_seconds=60) == other
    assert session.get(KeptAnswer, digest("old"), populate_existing=True) is None


def test_one_request_at_a_time_has_a_key(sessions: Sessions) -> None:
    with sessions.begin() as first, sessions.begin() as second:
        assert kept_answers.hold(first, digest("key"))
        assert not kept_answers.hold(second, digest("key"))
        assert kept_answers.hold(second, digest("another"))
    with sessions.begin() as third:
        assert kept_answers.hold(third, digest("key"))


def test_a_token_may_ask_as_often_as_its_burst_and_then_must_wait(session: Session) -> None:
    """Another token has a bucket of its own."""
    waits = [allowances.draw(session, digest("t"), per_second=0.01, burst=3) for _ in range(5)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert 90 < waits[4] <= waits[3] <= 100
    assert allowances.draw(session, digest("u"), per_second=0.01, burst=3) == 0.0


def test_a_bucket_fills_with_time_and_never_above_its_burst(session: Session) -> None:
    for _ in range(3):
        allowances.draw(session, digest("t"), per_second=1, burst=3)
    session.execute(update(Allowance).values(at=db_after(-1000)))
    waits = [allowances.draw(session, digest("t"), per_second=0.01, burst=3) for _ in range(4)]
    assert [wait == 0.0 for wait in waits] == [True, True, True, False]


def test_buckets_that_nobody_draws_from_are_forgotten(session: Session) -> None:
    allowances.draw(session, digest("t"), per_second=1, burst=3)
    assert retention.forget_allowances(session, older_seconds=60, limit=10) == 0
    session.execute(update(Allowance).values(at=db_after(-61)))
    assert retention.forget_allowances(session, older_seconds=60, limit=10) == 1
