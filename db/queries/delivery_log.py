"""The log of deliveries: a line for each try, kept for a while."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import WebhookAttempt, WebhookEndpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of one delivery."""

    at: datetime
    endpoint: str | None
    """None for the endpoint of the settings."""
    delivery: UUID
    attempt: int
    outcome: str
    """``delivered``, ``failed`` or ``dead``."""
    status: int | None
    seconds: float
    error: str | None


def note(
    session: Session,
    endpoint_id: UUID | None,
    message_id: UUID,
    attempt: int,
    *,
    outcome: str,
    status: int | None,
    seconds: float,
    error: str | None,
) -> None:
    """Append a line."""
    session.execute(
        insert(WebhookAttempt).values(
            endpoint_id=endpoint_id,
            message_id=message_id,
            attempt=attempt,
            outcome=outcome,
            status=status,
            seconds=seconds,
            error=error,
        )
    )


def latest(
    session: Session,
    *,
    endpoint_id: UUID | None = None,
    of_settings: bool = False,
    delivery: UUID | None = None,
    outcomes: Collection[str] = (),
    limit: int,
) -> list[Attempt]:
    """The newest lines, newest first; of all endpoints unless one is named."""
    query = (
        select(WebhookAttempt, WebhookEndpoint.name)
        .outerjoin(WebhookEndpoint, WebhookEndpoint.id == WebhookAttempt.endpoint_id)
        .order_by(WebhookAttempt.id.desc())
        .limit(limit)
    )
    if of_settings:
        query = query.where(WebhookAttempt.endpoint_id.is_(None))
    elif endpoint_id is not None:
        query = query.where(WebhookAttempt.endpoint_id == endpoint_id)
    if delivery is not None:
        query = query.where(WebhookAttempt.message_id == delivery)
    if outcomes:
        query = query.where(WebhookAttempt.outcome.in_(outcomes))
    return [
        Attempt(
            at=line.at,
            endpoint=name,
            delivery=line.message_id,
            attempt=line.attempt,
            outcome=line.outcome,
            status=line.status,
            seconds=line.seconds,
            error=line.error,
        )
        for line, name in session.execute(query)
    ]


def trim(session: Session, *, older_seconds: float, limit: int) -> int:
    """Delete at most ``limit`` lines that are so old. How many."""
    old = select(WebhookAttempt.id).where(WebhookAttempt.at < db_after(-older_seconds)).limit(limit)
    gone = delete(WebhookAttempt).where(WebhookAttempt.id.in_(old)).returning(WebhookAttempt.id)
    return len(session.scalars(gone, execution_options={"synchronize_session": False}).all())
