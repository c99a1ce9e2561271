"""Taking events in, and saying where they stand."""

from __future__ import annotations

import threading

from sqlalchemy import Engine, select
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session, sessionmaker

from db.models import Event, EventKind, EventState, HumanLabel, ItemKind, ItemState
from db.queries import claims, events, review
from tests.db import factories
from tests.db.factories import new_id
from worker.clock import utc_now


def test_events_come_back_in_input_order_with_their_ids(session: Session) -> None:
    batch = [factories.new_event() for _ in range(100)]

    assert events.insert_events(session, batch) == [
        events.Inserted(id=event.id, inserted=True) for event in batch
    ]


def test_an_event_is_stored_as_it_was_given(session: Session) -> None:
    given = factories.new_event(
        key="künste/ein Bild +1.png",
        version_id="v1",
        etag="e1",
        size=2**40,
        sequencer="0055aed6dcd90281e5",
        sequencer_rank=factories.rank(0x55AED6DCD90281E5),
        occurred_at=utc_now(),
        uploader="u1",
        domain="anime",
    )

    events.insert_events(session, [given])

    row = session.get_one(Event, given.id)
    assert {name: getattr(row, name) for name in events.NewEvent.__dataclass_fields__} == {
        name: getattr(given, name) for name in events.NewEvent.__dataclass_fields__
    }
    assert (row.attempts, row.lease_number, row.finished_at) == (0, 0, None)


def test_the_same_event_twice_gives_the_same_id(session: Session) -> None:
    first = factories.new_event()
    again = factories.new_event(identity=first.identity)
    other = factories.new_event()
    events.insert_events(session, [first])

    answer = events.insert_events(session, [again, other, again])

    assert [row.id for row in answer] == [first.id, other.id, first.id]
    assert [row.inserted for row in answer] == [False, True, False]


def test_the_same_event_twice_in_one_batch_is_one_row(session: Session) -> None:
    first = factories.new_event()
    again = factories.new_event(identity=first.identity)

    answer = events.insert_events(session, [first, again])

    assert answer == [
        events.Inserted(id=first.id, inserted=True),
        events.Inserted(id=first.id, inserted=False),
    ]


def test_no_events_are_no_work(session: Session) -> None:
    assert events.insert_events(session, []) == []


def test_an_event_that_asks_for_no_scan_is_finished_from_the_start(session: Session) -> None:
    noted = factories.new_event(kind=EventKind.TEST, bucket="art", key=None, state=EventState.NOTED)

    events.insert_events(session, [noted])

    assert session.get_one(Event, noted.id).finished_at is not None


def test_a_batch_of_new_events_is_one_round_trip(session: Session, engine: Engine) -> None:
    session.connection()
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    sqlalchemy_event.listen(engine, "before_cursor_execute", count)
    try:
        events.insert_events(session, [factories.new_event() for _ in range(100)])
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", count)

    assert [statement.partition(" ")[0] for statement in statements] == ["INSERT"]


def test_batches_that_share_events_in_opposite_orders_all_commit(sessions: sessionmaker[Session]) -> None:
    shared = [factories.new_event() for _ in range(50)]
    answers: dict[int, list[events.Inserted]] = {}
    barrier = threading.Barrier(4)

    def deliver(number: int) -> None:
        ordered = shared if number % 2 else shared[::-1]
        batch = [factories.new_event(identity=event.identity) for event in ordered]
        barrier.wait()
        with sessions.begin() as session:
            answer = events.insert_events(session, batch)
        answers[number] = answer if number % 2 else answer[::-1]

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({tuple(row.id for row in answer) for answer in answers.values()}) == 1
    made = [sum(answers[number][place].inserted for number in answers) for place in range(50)]
    assert made == [1] * 50


def test_marking_queued_leaves_alone_what_has_moved_on(session: Session) -> None:
    waiting, claimed, later = (factories.event(session) for _ in range(3))
    factories.claim(session, claimed)
    lease = factories.claim(session, later).lease_number
    claims.retry_later(
        session,
        later,
        lease,
        delay_seconds=60,
        reason="storage_unavailable",
        detail="The storage did not answer.",
        limits=factories.LIMITS,
        new_id=new_id,
    )

    events.mark_queued(session, [waiting, claimed, later])

    states = dict(session.execute(select(Event.id, Event.state)).all())
    assert states == {
        waiting: EventState.QUEUED,
        claimed: EventState.CLAIMED,
        later: EventState.RECEIVED,
    }


def test_standing_of_an_unknown_event_is_none(session: Session) -> None:
    assert events.standing(session, new_id()) is None


def test_standing_of_a_waiting_event_has_no_verdict(session: Session) -> None:
    standing = events.standing(session, factories.event(session, key="a.png"))

    assert standing is not None
    assert (standing.state, standing.key, standing.verdict_id) == (EventState.RECEIVED, "a.png", None)


def test_standing_of_a_finished_event_has_its_verdict_and_what_a_person_decided(session: Session) -> None:
    event_id = factories.event(session)
    claimed = factories.claim(session, event_id)
    image_id = factories.image(session)
    bundle_id = factories.bundle(session)
    verdict_id = factories.verdict(session, image_id, bundle_id, event_id=event_id, probability=0.5)
    factories.verdict(session, image_id, probability=0.4, label="UNCERTAIN")
    claims.finish(session, event_id, claimed.lease_number, image_id=image_id)
    item_id = review.open_item(
        session,
        review.NewItem(
            id=new_id(), kind=ItemKind.UNCERTAIN, priority=1, image_id=image_id, verdict_id=verdict_id
        ),
    )
    held = review.claim(session, item_id, "ada", lease_seconds=60)
    assert held is not None
    factories.decide(session, item_id, "ada", held.lease_number)

    standing = events.standing(session, event_id)

    assert standing is not None
    assert standing.state is EventState.DONE
    assert standing.verdict_id == verdict_id
    assert (standing.review_state, standing.decision) == (ItemState.DECIDED, HumanLabel.GENUINE)


def test_a_second_event_of_the_same_object_version_stands_with_the_verdict_that_was_there(
    session: Session,
) -> None:
    first, second = factories.event(session), factories.event(session)
    image_id = factories.image(session)
    verdict_id = factories.verdict(session, image_id, event_id=first)
    for event_id in (first, second):
        claims.finish(session, event_id, factories.claim(session, event_id).lease_number, image_id=image_id)

    standing = events.standing(session, second)

    assert standing is not None
    assert standing.verdict_id == verdict_id


def test_history_of_an_object_is_newest_first(session: Session) -> None:
    older, newer = (factories.event(session, key="a.png") for _ in range(2))
    factories.event(session, key="b.png")

    assert [row.id for row in events.history(session, "art", "a.png")] == [newer, older]
