"""Several senders in one transaction: each gets its own ids, its own refusal, its own error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from db.engine import make_engine, make_sessions
from detector.reasons import Reason, Rejected
from tests.worker.inbox import Sessions, standing
from worker.clock import new_id
from worker.intake import Gatherer, Intake
from worker.notifications import Kind, Record, System


def record(key: str | None = None, bucket: str = "uploads", etag: str | None = "e") -> Record:
    key = key or f"{new_id()}.png"
    return Record(
        system=System.PLAIN, order=System.PLAIN, kind=Kind.CREATED, bucket=bucket, key=key, etag=etag
    )


@pytest.fixture
def gatherer(sessions: Sessions) -> Iterator[Gatherer]:
    """Not started, so that a test can have several requests wait."""
    made = Gatherer(Intake(sessions, buckets=("uploads",), announce=lambda _: None))
    yield made
    made.close(5.0)


def ids(answer: Future[list[UUID]]) -> list[UUID]:
    return answer.result(timeout=10)


def test_what_waits_together_is_committed_together(gatherer: Gatherer, sessions: Sessions) -> None:
    """Each sender hears of its own events, in its own order."""
    commits: list[object] = []
    batches = [[record() for _ in range(size)] for size in (1, 3, 2)]
    answers = [gatherer.accept(batch) for batch in batches]
    with sessions() as session:
        event.listen(session.get_bind(), "commit", commits.append)
    gatherer.start()
    for batch, answer in zip(batches, answers, strict=True):
        assert [standing(sessions, event_id).key for event_id in ids(answer)] == [r.key for r in batch]
    assert len(commits) <= 2, "at most one for each thread"


def test_two_senders_of_the_same_event_hear_the_same_id(gatherer: Gatherer) -> None:
    """Also within one transaction."""
    same = record()
    answers = [gatherer.accept([record(), same]), gatherer.accept([same])]
    gatherer.start()
    assert ids(answers[0])[1] == ids(answers[1])[0]


def test_a_refusal_is_heard_at_once_and_by_its_sender_alone(gatherer: Gatherer) -> None:
    """It never reaches the others' transaction."""
    good = gatherer.accept([record()])
    with pytest.raises(Rejected) as caught:
        gatherer.accept([record(bucket="elsewhere")])
    assert caught.value.reason is Reason.BUCKET_NOT_ALLOWED
    gatherer.start()
    assert ids(good)


def test_an_error_of_one_costs_the_others_nothing(gatherer: Gatherer, sessions: Sessions) -> None:
    """What PostgreSQL refuses is tried apart."""
    broken = record(key="k\0")
    answers = [gatherer.accept([record()]), gatherer.accept([broken]), gatherer.accept([record()])]
    gatherer.start()
    assert ids(answers[0])
    assert ids(answers[2])
    with pytest.raises(Exception, match="NUL"):
        ids(answers[1])


def test_a_sender_that_has_gone_is_left_out(gatherer: Gatherer, sessions: Sessions) -> None:
    """Nobody would hear the answer, and the sender will come again."""
    key = f"{new_id()}.png"
    gone, other = gatherer.accept([record(key)]), gatherer.accept([record()])
    assert gone.cancel()
    gatherer.start()
    assert ids(other)
    with sessions() as session:
        query = text("SELECT count(*) FROM events WHERE key = :key")
        assert session.execute(query, {"key": key}).scalar_one() == 0


def test_a_stuck_transaction_does_not_hold_up_the_others(gatherer: Gatherer, sessions: Sessions) -> None:
    """While one waits for a lock, the next go by."""
    key = f"{new_id()}.png"
    gatherer.start()
    ids(gatherer.accept([record(key, etag="first")]))
    with sessions.begin() as session:
        session.execute(text("SELECT id FROM events WHERE key = :key FOR UPDATE"), {"key": key})
        stuck = gatherer.accept([record(key, etag="first")])
        assert ids(stuck), "a known event waits for nobody"
        assert ids(gatherer.accept([record()]))


def test_without_the_database_everyone_hears_so() -> None:
    """Once for all who wait, not one after the other."""
    engine = make_engine("postgresql://nobody@127.0.0.1:9/nothing")
    gatherer = Gatherer(Intake(make_sessions(engine), buckets=("uploads",), announce=lambda _: None))
    answers = [gatherer.accept([record()]) for _ in range(5)]
    gatherer.start()
    for answer in answers:
        with pytest.raises(DBAPIError):
            ids(answer)
    gatherer.close(5.0)
    engine.dispose()


def test_the_end_writes_what_was_accepted(gatherer: Gatherer) -> None:
    """And both threads end."""
    before = threading.active_count()
    answers = [gatherer.accept([record()]) for _ in range(50)]
    gatherer.start()
    gatherer.close(10.0)
    assert all(answer.done() for answer in answers)
    assert threading.active_count() == before
