"""The outbox: in order for each subject, at least once, and nobody waits for another's failure."""

from __future__ import annotations

import threading
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from db.models import Message, MessageKind, MessageState
from db.queries import outbox
from tests.db.factories import new_id


def add(session: Session, subject: str, number: int = 0) -> UUID:
    message_id = new_id()
    outbox.add(session, message_id, subject, MessageKind.VERDICT, {"number": number})
    return message_id


def take(session: Session, *, limit: int = 100, lease_seconds: float = 60) -> list[outbox.Delivery]:
    return outbox.take_due(session, limit=limit, lease_seconds=lease_seconds)


def taken(session: Session) -> list[UUID]:
    return [delivery.id for delivery in take(session)]


def test_a_message_is_taken_as_it_was_added_and_its_attempt_counted(session: Session) -> None:
    message_id = add(session, "art/a.png", 7)

    (delivery,) = take(session)

    assert (delivery.id, delivery.subject, delivery.kind) == (message_id, "art/a.png", MessageKind.VERDICT)
    assert (delivery.payload, delivery.attempt) == ({"number": 7}, 1)


def test_a_message_that_was_taken_is_out_of_sight_for_its_lease(session: Session) -> None:
    message_id = add(session, "art/a.png")
    take(session, lease_seconds=-1)

    (again,) = take(session)

    assert (again.id, again.attempt) == (message_id, 2)
    assert taken(session) == []


def test_messages_of_one_subject_leave_one_after_the_other(session: Session) -> None:
    first, second = add(session, "art/a.png", 1), add(session, "art/a.png", 2)
    other = add(session, "art/b.png")

    assert taken(session) == [first, other]
    assert taken(session) == []
    assert outbox.delivered(session, first, 1)
    assert taken(session) == [second]


def test_a_failed_message_holds_up_its_subject_and_no_other(session: Session) -> None:
    first = add(session, "art/a.png", 1)
    add(session, "art/a.png", 2)
    take(session)

    assert outbox.failed(session, first, 1, delay_seconds=60, error="503")

    other = add(session, "art/b.png")
    assert taken(session) == [other]
    assert session.get_one(Message, first, populate_existing=True).last_error == "503"


def test_a_message_that_is_given_up_makes_way(session: Session) -> None:
    first, second = add(session, "art/a.png", 1), add(session, "art/a.png", 2)
    take(session)

    assert outbox.dead(session, first, 1, error="410")

    assert session.get_one(Message, first, populate_existing=True).state is MessageState.DEAD
    assert taken(session) == [second]


def test_the_outcome_of_an_earlier_attempt_does_not_count(session: Session) -> None:
    message_id = add(session, "art/a.png")
    take(session, lease_seconds=-1)
    take(session)

    assert not outbox.failed(session, message_id, 1, delay_seconds=0, error="late")
    assert not outbox.dead(session, message_id, 1, error="late")
    assert not outbox.delivered(session, message_id, 1)
    assert outbox.delivered(session, message_id, 2)
    assert not outbox.delivered(session, message_id, 2)


def test_a_limit_takes_the_earliest_due(session: Session) -> None:
    ids = [add(session, f"art/{number}.png") for number in range(3)]

    assert [delivery.id for delivery in take(session, limit=2)] == ids[:2]
    assert taken(session) == ids[2:]


def test_two_relays_never_take_one_message_nor_its_successor(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        heads = [add(session, f"art/{number}.png", 1) for number in range(4)]
        for number in range(4):
            add(session, f"art/{number}.png", 2)

    with sessions.begin() as first, sessions.begin() as second:
        mine = [delivery.id for delivery in take(first, limit=2)]
        theirs = taken(second)

    assert mine == heads[:2]
    assert theirs == heads[2:]


def test_positions_of_one_subject_follow_the_commits(sessions: sessionmaker[Session]) -> None:
    entered = threading.Event()

    def second_writer() -> None:
        with sessions.begin() as session:
            entered.set()
            add(session, "art/a.png", 2)

    with sessions.begin() as session:
        add(session, "art/a.png", 1)
        writer = threading.Thread(target=second_writer)
        writer.start()
        assert entered.wait(10)
        with sessions.begin() as reader:
            assert reader.scalars(select(Message)).all() == []
    writer.join()

    with sessions.begin() as session:
        payloads = session.scalars(select(Message.payload).order_by(Message.position)).all()
    assert payloads == [{"number": 1}, {"number": 2}]
