"""Depth, age and service level of queues, against rows that are counted by hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import ItemState, ReviewItem
from db.queries import queue_figures
from tests.db import factories

HOUR = 3600.0


def put(session: Session, *, age: float = HOUR, due_in: float = HOUR, **values: Any) -> None:
    """An item of that age in seconds, due so many seconds from now."""
    item_id = factories.item(session)
    given = {"created_at": db_after(-age), "due_at": db_after(due_in), "queue": "main"} | values
    session.execute(update(ReviewItem).where(ReviewItem.id == item_id).values(**given))


def held(until: float) -> dict[str, Any]:
    return {"state": ItemState.CLAIMED, "claimed_by": "ada", "lease_until": db_after(until)}


def decided(ago: float) -> dict[str, Any]:
    return {"state": ItemState.DECIDED, "closed_at": db_after(-ago)}


def test_what_waits_is_ready_held_or_kept_back(session: Session) -> None:
    put(session, age=5 * HOUR)
    put(session, due_in=-1)
    put(session, **held(until=60))
    put(session, age=9 * HOUR, available_at=db_after(60))
    put(session, age=7 * HOUR, **held(until=-60))
    put(session, **decided(ago=60))
    put(session, age=HOUR, queue="portraits", due_in=-1, **held(until=60))

    main, portraits = queue_figures.depths(session)
    counts = (main.ready, main.held, main.kept_back, main.overdue)
    assert counts == (3, 1, 1, 1), "a lease that has run out leaves the item ready"
    assert main.oldest_seconds is not None
    assert 7 * HOUR <= main.oldest_seconds < 7.1 * HOUR
    assert (portraits.queue, portraits.ready, portraits.held, portraits.overdue) == ("portraits", 0, 1, 1)
    assert portraits.oldest_seconds is None


def test_an_empty_queue_has_no_depth(session: Session) -> None:
    assert queue_figures.depths(session) == []
    assert queue_figures.kept(session, within_seconds=HOUR) == []


def test_ready_items_are_sorted_by_age(session: Session) -> None:
    for hours in (0.5, 2, 3, 30):
        put(session, age=hours * HOUR)
    put(session, age=2 * HOUR, **held(until=60))
    put(session, age=2 * HOUR, queue="portraits")

    found = queue_figures.depths(session, [HOUR, 4 * HOUR, 24 * HOUR])
    assert [(each.queue, each.ages) for each in found] == [
        ("main", (1, 2, 0, 1)),
        ("portraits", (0, 1, 0, 0)),
    ]


def test_a_service_level_is_met_where_the_decision_came_before_it_was_due(session: Session) -> None:
    put(session, due_in=-30, **decided(ago=60))
    put(session, due_in=-90, **decided(ago=60))
    put(session, due_in=HOUR, **decided(ago=60))
    put(session, due_in=HOUR, **decided(ago=2 * HOUR))
    put(session, due_in=HOUR)
    put(session, due_at=None, **decided(ago=60))

    (main,) = queue_figures.kept(session, within_seconds=HOUR)
    assert (main.queue, main.decided, main.in_time) == ("main", 3, 2)
