"""The figures of the status page."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Event, EventKind, EventState, ItemKind, ItemState, MessageKind, VerdictLabel, WorkQueue
from db.queries import claims, events, figures, outbox, review
from tests.db import factories
from tests.db.factories import new_id


def test_an_empty_database_has_empty_figures(session: Session) -> None:
    nothing = figures.Backlog(count=0, oldest_seconds=None)

    assert figures.events_waiting(session) == {}
    assert set(figures.events_finished(session, within_seconds=60).values()) == {0}
    assert figures.refusals(session, within_seconds=60) == {}
    assert figures.review_waiting(session) == {}
    assert figures.messages_pending(session) == figures.messages_dead(session) == nothing
    assert set(figures.verdicts_by_label(session, factories.bundle(session)).values()) == {0}


def test_waiting_events_are_counted_by_queue_and_state_with_the_age_of_the_oldest(session: Session) -> None:
    ids = [factories.event(session) for _ in range(3)]
    factories.event(session, queue=WorkQueue.RESCAN)
    session.execute(update(Event).where(Event.id == ids[0]).values(received_at=db_after(-100)))
    events.mark_queued(session, ids[:2])

    waiting = figures.events_waiting(session)

    counts = {pair: backlog.count for pair, backlog in waiting.items()}
    assert counts == {
        (WorkQueue.SCAN, EventState.QUEUED): 2,
        (WorkQueue.SCAN, EventState.RECEIVED): 1,
        (WorkQueue.RESCAN, EventState.RECEIVED): 1,
    }
    oldest = waiting[WorkQueue.SCAN, EventState.QUEUED].oldest_seconds
    assert oldest is not None
    assert 100 <= oldest < 200


def test_what_finished_lately_is_counted_by_outcome_and_reason(session: Session) -> None:
    factories.event(session, kind=EventKind.TEST, state=EventState.NOTED)
    for reason in ("too_small", "corrupt", "corrupt"):
        claimed = factories.claim(session, factories.event(session))
        claims.refuse(
            session,
            claimed.event_id,
            claimed.lease_number,
            reason=reason,
            detail="It can't be judged.",
            review_priority=1.0,
            new_id=new_id,
        )
    long_ago = factories.event(session, kind=EventKind.TEST, state=EventState.NOTED)
    session.execute(update(Event).where(Event.id == long_ago).values(finished_at=db_after(-100)))

    finished = figures.events_finished(session, within_seconds=60)

    assert (finished[EventState.REFUSED], finished[EventState.NOTED], finished[EventState.DONE]) == (3, 1, 0)
    assert list(figures.refusals(session, within_seconds=60).items()) == [("corrupt", 2), ("too_small", 1)]
    assert figures.messages_pending(session).count == 3


def test_verdicts_items_and_messages_are_counted(session: Session) -> None:
    bundle_id = factories.bundle(session)
    for label in (VerdictLabel.GENUINE, VerdictLabel.GENUINE, VerdictLabel.SYNTHETIC):
        factories.verdict(session, factories.image(session), bundle_id, label=label)
    first, _ = factories.item(session), factories.item(session)
    review.claim(session, first, "ada", lease_seconds=60)
    message_id = new_id()
    outbox.add(session, message_id, "art/a.png", MessageKind.VERDICT, {})
    outbox.take_due(session, limit=1, lease_seconds=60)
    outbox.dead(session, message_id, 1, error="410")

    assert figures.verdicts_by_label(session, bundle_id) == {
        VerdictLabel.GENUINE: 2,
        VerdictLabel.UNCERTAIN: 0,
        VerdictLabel.SYNTHETIC: 1,
    }
    counts = {pair: backlog.count for pair, backlog in figures.review_waiting(session).items()}
    assert counts == {
        (ItemKind.UNCERTAIN, ItemState.OPEN): 1,
        (ItemKind.UNCERTAIN, ItemState.CLAIMED): 1,
    }
    assert (figures.messages_pending(session).count, figures.messages_dead(session).count) == (0, 1)
