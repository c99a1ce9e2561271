"""What may be deleted once it is old, in batches: never what a verdict or a person said, nor the audit log.

Each function deletes at most ``limit`` rows and says how many they were: fewer than asked for means that
there is no more for now.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import ReturningDelete

from db.base import db_after
from db.models import (
    Allowance,
    Backfill,
    BackfillState,
    BrowserSession,
    ChangeCounter,
    Features,
    KeptAnswer,
    Message,
    MessageState,
    OidcAttempt,
    ReviewItem,
    SignInAttempts,
    Verdict,
    WebhookAttempt,
    WebhookAttemptBefore,
    WebhookDelivery,
)
from db.queries import changes, partitions
from db.queries.eligibility import WAITING

_UNSYNCHRONISED = {"synchronize_session": False}


def forget_messages(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete messages that everyone has been told of so long ago, with their deliveries.

    Each has its number among the changes by then, so that a reader whose cursor has not come past the deleted
    ones can be told so.
    """
    told = (Message.state == MessageState.DELIVERED, Message.delivered_at < db_after(-older_seconds))
    unnumbered = select(Message.id).where(*told, Message.number.is_(None)).limit(1)
    if session.scalars(unnumbered).first() is not None:
        changes.number_new(session, limit=limit)
    owed = exists().where(
        WebhookDelivery.message_id == Message.id, WebhookDelivery.state != MessageState.DELIVERED
    )
    query = (
        select(Message.id)
        .where(*told, Message.number.is_not(None), Message.spread_at.is_not(None), ~owed)
        .order_by(Message.delivered_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = delete(Message).where(Message.id.in_(session.scalars(query).all())).returning(Message.number)
    numbers = [number for number in _run(session, gone) if number is not None]
    if numbers:
        highest = func.greatest(ChangeCounter.forgotten, max(numbers))
        session.execute(update(ChangeCounter).values(forgotten=highest), execution_options=_UNSYNCHRONISED)
    return len(numbers)


def forget_vectors(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete feature vectors that were measured so long ago, but for pictures that people are asked about.

    Nothing while a backfill runs: it reads them. The verdicts stay as they are, without their vector.
    """
    running = select(Backfill.id).where(Backfill.state == BackfillState.RUNNING).limit(1)
    if session.scalars(running).first() is not None:
        return 0
    moment = _moment(session, older_seconds)
    # The oldest ids lie at the beginning of the primary key: no index by time is needed.
    asked = exists().where(ReviewItem.image_id == Features.image_id, ReviewItem.state.in_(WAITING))
    old = (
        select(Features.id)
        .where(Features.id < _first_id(moment), Features.created_at < moment, ~asked)
        .order_by(Features.id)
        .limit(limit)
    )
    ids = session.scalars(old).all()
    judged = update(Verdict).where(Verdict.features_id.in_(ids)).values(features_id=None)
    session.execute(judged, execution_options=_UNSYNCHRONISED)
    return len(_run(session, delete(Features).where(Features.id.in_(ids)).returning(Features.id)))


def forget_deliveries(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete deliveries to endpoints that were made so long ago."""
    made = (
        WebhookDelivery.state == MessageState.DELIVERED,
        _before(WebhookDelivery.delivered_at, older_seconds),
    )
    old = select(WebhookDelivery.endpoint_id, WebhookDelivery.message_id).where(*made).limit(limit).cte("old")
    gone = delete(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == old.c.endpoint_id,
        WebhookDelivery.message_id == old.c.message_id,
        *made,  # one that is sent again by now stays
    )
    return len(_run(session, gone.returning(WebhookDelivery.message_id)))


def forget_attempts(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete lines of the delivery log that lie in no partition of a week: those are dropped as a whole."""
    moment = _moment(session, older_seconds)
    weeks = partitions.listed(session, WebhookAttempt.__tablename__)
    gone = _trim(session, WebhookAttemptBefore, moment, limit)
    before = min(moment, weeks[0].first) if weeks else moment
    return gone + _trim(session, WebhookAttempt, before, limit - gone)


def forget_answers(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete answers that were kept for a second try."""
    return _forget(session, KeptAnswer.key, KeptAnswer.created_at, older_seconds, limit)


def forget_allowances(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete what is known of tokens that nobody has used for so long; nothing holds them up by then."""
    return _forget(session, Allowance.key, Allowance.at, older_seconds, limit)


def forget_sign_ins(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete attempts to sign in."""
    return _forget(session, SignInAttempts.key, SignInAttempts.last_at, older_seconds, limit)


def forget_sessions(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete sessions of browsers that have been over for so long."""
    return _forget(session, BrowserSession.id, BrowserSession.expires_at, older_seconds, limit)


def forget_oidc_attempts(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete sign-ins that were begun with an identity provider, and have been over for so long."""
    return _forget(session, OidcAttempt.state, OidcAttempt.expires_at, older_seconds, limit)


def _trim(
    session: Session,
    table: type[WebhookAttempt | WebhookAttemptBefore],
    before: datetime,
    limit: int,
) -> int:
    old = select(table.id).where(table.at < before).limit(limit)
    gone = delete(table).where(table.at < before, table.id.in_(old)).returning(table.id)
    return len(_run(session, gone))


def _forget(
    session: Session,
    key: InstrumentedAttribute[Any],
    at: InstrumentedAttribute[datetime],
    older_seconds: float,
    limit: int,
) -> int:
    """Delete rows by their age. The age is asked twice, as a row may be renewed between the two looks."""
    old = _before(at, older_seconds)
    gone = delete(key.class_).where(key.in_(select(key).where(old).limit(limit)), old)
    return len(_run(session, gone.returning(key)))


def _before(
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None], seconds: float
) -> Any:
    return at < db_after(-seconds)


def _run(session: Session, gone: ReturningDelete[Any]) -> list[Any]:
    return list(session.scalars(gone, execution_options=_UNSYNCHRONISED).all())


def _moment(session: Session, older_seconds: float) -> datetime:
    return session.scalars(select(db_after(-older_seconds))).one()


def _first_id(moment: datetime) -> UUID:
    """The lowest id that may have been made at a moment: UUIDs of version 7 begin with milliseconds."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
