"""The figures of ``artgate status``: one query each, all on indexes. Ages by PostgreSQL's clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, cast, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.base import db_after, db_now
from db.models import (
    TERMINAL,
    Event,
    EventState,
    ItemKind,
    ItemState,
    Message,
    MessageState,
    ReviewItem,
    Verdict,
    VerdictLabel,
    WebhookDelivery,
    WorkQueue,
)
from db.queries.eligibility import asked_at, is_ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Something that waits."""

    count: int
    oldest_seconds: float | None
    """Age of the oldest; None where nothing waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Items that someone could claim now."""

    backlog: Backlog
    overdue: int
    """Of them, those that have missed the service level of their queue."""


def events_waiting(session: Session) -> dict[tuple[WorkQueue, EventState], Backlog]:
    """Events whose work is not finished, by queue and state; pairs without any are left out."""
    # One query a state, each on its own partial index; asked for together, they would read the table.
    each = [
        select(Event.queue, Event.state, func.count(), _oldest(Event.received_at))
        .where(Event.state == state)
        .group_by(Event.queue, Event.state)
        for state in EventState
        if state not in TERMINAL
    ]
    rows = session.execute(union_all(*each))
    return {(queue, state): Backlog(count=count, oldest_seconds=age) for queue, state, count, age in rows}


def events_finished(session: Session, *, within_seconds: float) -> dict[EventState, int]:
    """Events that finished lately, by how."""
    rows = session.execute(
        select(Event.state, func.count())
        .where(Event.finished_at >= db_after(-within_seconds))
        .group_by(Event.state)
    )
    counted = dict(rows.all())
    return {state: counted.get(state, 0) for state in EventState if state in TERMINAL}


def refusals(session: Session, *, within_seconds: float) -> dict[str, int]:
    """Events that ended lately without a verdict, by reason code, most frequent first."""
    rows = session.execute(
        select(Event.reason, func.count())
        .where(
            Event.finished_at >= db_after(-within_seconds),
            Event.state.in_((EventState.REFUSED, EventState.DEAD)),
        )
        .group_by(Event.reason)
        .order_by(func.count().desc(), Event.reason)
    )
    return {str(reason): count for reason, count in rows}


def verdicts_by_label(session: Session, bundle_id: str) -> dict[VerdictLabel, int]:
    """All verdicts of one bundle, by label."""
    rows = session.execute(
        select(Verdict.label, func.count()).where(Verdict.bundle_id == bundle_id).group_by(Verdict.label)
    )
    counted = dict(rows.all())
    return {label: counted.get(label, 0) for label in VerdictLabel}


def review_waiting(session: Session) -> dict[tuple[ItemKind, ItemState], Backlog]:
    """Review items without a decision, by kind and state; pairs without any are left out."""
    rows = session.execute(
        select(ReviewItem.kind, ReviewItem.state, func.count(), _oldest(asked_at()))
        .where(ReviewItem.state.in_((ItemState.OPEN, ItemState.CLAIMED)))
        .group_by(ReviewItem.kind, ReviewItem.state)
    )
    return {(kind, state): Backlog(count=count, oldest_seconds=age) for kind, state, count, age in rows}


def review_ready(session: Session) -> dict[ItemKind, Ready]:
    """Items that nobody holds and nothing keeps back, by kind; kinds without any are left out."""
    rows = session.execute(
        select(
            ReviewItem.kind,
            func.count(),
            _oldest(asked_at()),
            func.count().filter(ReviewItem.due_at < db_now()),
        )
        .where(is_ready())
        .group_by(ReviewItem.kind)
    )
    return {
        kind: Ready(backlog=Backlog(count=count, oldest_seconds=age), overdue=overdue)
        for kind, count, age, overdue in rows
    }


def messages_pending(session: Session) -> Backlog:
    """Messages that the platform has not got."""
    return _messages(session, MessageState.PENDING)


def messages_dead(session: Session) -> Backlog:
    """Messages that were given up."""
    return _messages(session, MessageState.DEAD)


def _messages(session: Session, state: MessageState) -> Backlog:
    """In the outbox, and owed to endpoints."""
    of_both = union_all(
        select(Message.created_at).where(Message.state == state),
        select(WebhookDelivery.created_at).where(WebhookDelivery.state == state),
    ).subquery()
    count, age = session.execute(select(func.count(), _oldest(of_both.c.created_at))).one()
    return Backlog(count=count, oldest_seconds=age)


def _oldest(since: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[float | None]:
    return cast(func.extract("epoch", db_now() - func.min(since)), Double)
