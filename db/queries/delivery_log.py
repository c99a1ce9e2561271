"""The log of deliveries: a line for each try, kept for a while."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, insert, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import WebhookAttempt, WebhookAttemptBefore, WebhookEndpoint

_EARLY_SECONDS = 86_400.0
"""No line is of a moment so far from now; partitions that were made ahead need not be looked into."""
_Line: TypeAlias = WebhookAttempt | WebhookAttemptBefore


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
    reach_seconds: float = math.inf,
) -> list[Attempt]:
    """The newest lines, newest first; of all endpoints unless one is named.

    Args:
        session: in a transaction.
        endpoint_id: only lines of this endpoint.
        of_settings: only lines of the endpoint of the settings.
        delivery: only tries of this message.
        outcomes: only tries that ended so, where any is named.
        limit: most lines.
        reach_seconds: how far back lines are told; older partitions are not looked into.
    """
    found: list[tuple[_Line, str | None]] = []
    for table in (WebhookAttempt, WebhookAttemptBefore):
        which = _within(table, reach_seconds)
        if of_settings:
            which.append(table.endpoint_id.is_(None))
        elif endpoint_id is not None:
            which.append(table.endpoint_id == endpoint_id)
        if delivery is not None:
            which.append(table.message_id == delivery)
        if outcomes:
            which.append(table.outcome.in_(outcomes))
        newest = session.execute(_newest(table).where(*which).limit(limit))
        found.extend((line, name) for line, name in newest)
    found.sort(key=lambda each: each[0].id, reverse=True)
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
        for line, name in found[:limit]
    ]


def _within(table: type[_Line], reach_seconds: float) -> list[ColumnElement[bool]]:
    """Bounds by which whole partitions are left out."""
    bounds = [table.at <= db_after(_EARLY_SECONDS)]
    if reach_seconds < math.inf:
        bounds.append(table.at >= db_after(-reach_seconds))
    return bounds


def _newest(table: type[_Line]) -> Select[Any, Any]:
    """Lines with their endpoints' names; numbers grow from the log of before to the one in partitions."""
    return (
        select(table, WebhookEndpoint.name)
        .outerjoin(WebhookEndpoint, WebhookEndpoint.id == table.endpoint_id)
        .order_by(table.id.desc())
    )
