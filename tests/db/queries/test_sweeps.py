"""What the sweeper finds: work that no message will bring."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from db.base import db_after
from db.models import Event, EventKind, EventState, Message, WorkQueue
from db.queries import claims, events, sweeps
from tests.db import factories
from tests.db.factories import new_id


def due(session: Session, *, grace_seconds: float = 0, limit: int = 100) -> list[UUID]:
    return [found.id for found in sweeps.due_for_enqueue(session, limit=limit, grace_seconds=grace_seconds)]


def overdue(
    session: Session, queue: WorkQueue = WorkQueue.SCAN, *, deadline_seconds: float = 0
) -> list[UUID]:
    found = sweeps.overdue(session, queue, limit=100, deadline_seconds=deadline_seconds)
    return [late.id for late in found]


def lapse(session: Session, *, limit: int = 100) -> sweeps.Lapsed:
    return sweeps.lapse_leases(session, limit=limit, limits=factories.LIMITS, new_id=new_id)


def test_an_event_that_was_never_enqueued_is_due_after_its_grace(session: Session) -> None:
    event_id = factories.event(session, queue=WorkQueue.RESCAN)

    assert due(session, grace_seconds=60) == []
    assert sweeps.due_for_enqueue(session, limit=10, grace_seconds=0) == [
        sweeps.Due(id=event_id, queue=WorkQueue.RESCAN, trace=None)
    ]


def test_an_event_that_is_queued_claimed_or_finished_is_not_due(session: Session) -> None:
    queued, claimed = factories.event(session), factories.event(session)
    factories.event(session, kind=EventKind.TEST, state=EventState.NOTED)
    events.mark_queued(session, [queued])
    factories.claim(session, claimed)

    assert due(session) == []


def test_an_event_that_was_put_off_is_due_when_its_time_has_come_without_another_grace(
    session: Session,
) -> None:
    late, soon = factories.event(session), factories.event(session)
    for event_id, delay in ((late, 0), (soon, 60)):
        claims.retry_later(
            session,
            event_id,
            factories.claim(session, event_id).lease_number,
            delay_seconds=delay,
            reason="storage_unavailable",
            detail="The storage did not answer.",
            limits=factories.LIMITS,
            new_id=new_id,
        )

    assert due(session, grace_seconds=60) == [late]


def test_a_limit_takes_the_longest_waiting_first(session: Session) -> None:
    ids = [factories.event(session) for _ in range(3)]
    session.execute(update(Event).where(Event.id == ids[2]).values(not_before=db_after(-100)))

    assert due(session, limit=1) == [ids[2]]


def test_a_queued_event_is_overdue_after_its_deadline_on_its_own_queue(session: Session) -> None:
    scan, rescan = factories.event(session), factories.event(session, queue=WorkQueue.RESCAN)
    events.mark_queued(session, [scan, rescan])

    assert overdue(session, deadline_seconds=60) == []
    assert overdue(session) == [scan]
    assert overdue(session, WorkQueue.RESCAN) == [rescan]


def test_what_is_enqueued_again_after_a_wipe_is_not_found_a_second_time(session: Session) -> None:
    """By one clock, however slowly the statements follow each other."""
    lost, other = factories.event(session), factories.event(session, queue=WorkQueue.RESCAN)
    events.mark_queued(session, [lost, other])
    begun = sweeps.moment(session)

    def found() -> list[UUID]:
        return [each.id for each in sweeps.queued_before(session, WorkQueue.SCAN, limit=9, begun=begun)]

    assert found() == [lost]
    events.mark_queued(session, [lost])
    assert found() == []


def test_enqueueing_again_starts_the_deadline_anew(session: Session) -> None:
    event_id = factories.event(session)
    events.mark_queued(session, [event_id])
    session.execute(update(Event).values(queued_at=db_after(-100)))
    assert overdue(session, deadline_seconds=60) == [event_id]

    events.mark_queued(session, [event_id])

    assert overdue(session, deadline_seconds=60) == []


def test_queued_events_are_counted_by_queue(session: Session) -> None:
    ids = [factories.event(session) for _ in range(3)]
    factories.event(session, queue=WorkQueue.RESCAN)
    events.mark_queued(session, ids[:2])

    assert sweeps.queued_counts(session) == {WorkQueue.SCAN: 2, WorkQueue.RESCAN: 0}


def test_a_lease_that_ran_out_is_taken_back_and_the_event_is_due_at_once(session: Session) -> None:
    lost, running = factories.event(session), factories.event(session)
    factories.claim(session, lost, lease_seconds=-1)
    factories.claim(session, running)

    assert lapse(session) == sweeps.Lapsed(put_back=1, dead=0)

    assert due(session, grace_seconds=60) == [lost]
    assert session.get_one(Event, lost, populate_existing=True).losses == 1
    assert lapse(session) == sweeps.Lapsed(put_back=0, dead=0)


def test_a_lease_that_ran_out_once_too_often_ends_the_event_and_is_told(session: Session) -> None:
    ids = [factories.event(session, key=key) for key in ("b.png", "a.png")]
    for _ in range(factories.LIMITS.losses):
        for event_id in ids:
            factories.claim(session, event_id, lease_seconds=-1)
        outcome = lapse(session)

    assert outcome == sweeps.Lapsed(put_back=0, dead=2)
    assert set(session.scalars(select(Event.state))) == {EventState.DEAD}
    subjects = session.scalars(select(Message.subject).order_by(Message.position)).all()
    assert subjects == ["art/a.png", "art/b.png"]


def test_a_limit_bounds_how_many_leases_one_sweep_takes_back(session: Session) -> None:
    for _ in range(3):
        factories.claim(session, factories.event(session), lease_seconds=-1)

    assert [lapse(session, limit=2).put_back for _ in range(3)] == [2, 1, 0]


def test_rows_that_another_works_on_are_passed_over(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        ids = [factories.event(session) for _ in range(4)]
        lost = [factories.event(session) for _ in range(2)]
        for event_id in lost:
            factories.claim(session, event_id, lease_seconds=-1)
        events.mark_queued(session, ids[:2])

    with sessions.begin() as first, sessions.begin() as second:
        locked = [ids[0], ids[2], lost[0]]
        first.scalars(select(Event).where(Event.id.in_(locked)).with_for_update()).all()

        assert due(second) == [ids[3]]
        assert overdue(second) == [ids[1]]
        assert lapse(second) == sweeps.Lapsed(put_back=1, dead=0)


def test_the_age_of_uploads_is_that_of_the_oldest_that_a_worker_could_have(session: Session) -> None:
    """Bulk work, what is to be tried later and what is claimed don't count."""
    session.execute(update(Event).values(not_before=db_after(3600), queued_at=db_after(3600)))
    bulk, later, enqueued, put_back = (
        factories.event(session, queue=queue)
        for queue in (WorkQueue.RESCAN, WorkQueue.SCAN, WorkQueue.SCAN, WorkQueue.SCAN)
    )
    for event, moment in ((bulk, -900), (later, 900), (enqueued, 900), (put_back, 900)):
        session.execute(update(Event).where(Event.id == event).values(not_before=db_after(moment)))
    assert sweeps.upload_age(session) == 0

    values = {"state": EventState.QUEUED, "queued_at": db_after(-60)}
    session.execute(update(Event).where(Event.id == enqueued).values(values))
    assert sweeps.upload_age(session) == pytest.approx(60, abs=5)

    session.execute(update(Event).where(Event.id == put_back).values(not_before=db_after(-120)))
    assert sweeps.upload_age(session) == pytest.approx(120, abs=5)
