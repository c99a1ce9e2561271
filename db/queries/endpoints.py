"""Webhook endpoints: who is told besides the endpoint of the settings, and with which keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import WebhookEndpoint, WebhookKey
from db.queries import undelivered

LIVE_KEYS = 2
_UNSYNCHRONISED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One receiver that may be told now."""

    id: UUID
    name: str
    url: str
    networks: tuple[str, ...]
    failures: int
    """How often in a row it could not be reached."""
    keys: tuple[str, ...]
    """Live secrets, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One receiver, as operators see it."""

    id: UUID
    name: str
    url: str
    events: list[str]
    networks: list[str]
    live_keys: int
    disabled_at: datetime | None
    failures: int
    rest_until: datetime | None
    pending: int
    dead: int
    created_at: datetime


def add(
    session: Session,
    endpoint_id: UUID,
    *,
    name: str,
    url: str,
    events: Sequence[str],
    networks: Sequence[str],
) -> bool:
    """Add an endpoint. False where the name is taken."""
    made = session.execute(
        postgresql.insert(WebhookEndpoint)
        .values(id=endpoint_id, name=name, url=url, events=list(events), networks=list(networks))
        .on_conflict_do_nothing(index_elements=[WebhookEndpoint.name])
        .returning(WebhookEndpoint.id)
    )
    return made.scalar_one_or_none() is not None


def id_of(session: Session, name: str) -> UUID | None:
    """The endpoint of a name; None where there is none."""
    return session.scalars(select(WebhookEndpoint.id).where(WebhookEndpoint.name == name)).one_or_none()


def everything(session: Session) -> list[Overview]:
    """All endpoints, by name."""
    return [_overview(session, endpoint) for endpoint in session.scalars(_by_name())]


def ready(session: Session) -> list[Endpoint]:
    """Endpoints that are not disabled and don't rest."""
    rests = func.coalesce(WebhookEndpoint.rest_until > db_now(), False)
    query = _by_name().where(WebhookEndpoint.disabled_at.is_(None), ~rests)
    return [
        Endpoint(
            id=endpoint.id,
            name=endpoint.name,
            url=endpoint.url,
            networks=tuple(endpoint.networks),
            failures=endpoint.failures,
            keys=live_keys(session, endpoint.id),
        )
        for endpoint in session.scalars(query, execution_options={"populate_existing": True})
    ]


def any_enabled(session: Session) -> bool:
    """Whether messages are queued for some endpoint."""
    query = select(WebhookEndpoint.id).where(WebhookEndpoint.disabled_at.is_(None)).limit(1)
    return session.scalars(query).one_or_none() is not None


def disable(session: Session, endpoint_id: UUID) -> None:
    """Queue nothing more for an endpoint, and let rest what waits."""
    _set(session, endpoint_id, disabled_at=func.coalesce(WebhookEndpoint.disabled_at, db_now()))


def enable(session: Session, endpoint_id: UUID) -> None:
    """Tell a disabled endpoint again, at once."""
    _set(session, endpoint_id, disabled_at=None, failures=0, rest_until=None)


def remove(session: Session, endpoint_id: UUID) -> None:
    """Forget an endpoint, its keys, what it was owed and its log."""
    session.execute(
        delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id), execution_options=_UNSYNCHRONISED
    )


def reached(session: Session, endpoint_id: UUID) -> None:
    """Note that an endpoint has answered."""
    troubled = (WebhookEndpoint.id == endpoint_id, WebhookEndpoint.failures > 0)
    session.execute(
        update(WebhookEndpoint).where(*troubled).values(failures=0, rest_until=None),
        execution_options=_UNSYNCHRONISED,
    )


def rest(session: Session, endpoint_id: UUID, seconds: float) -> None:
    """Note that an endpoint could not be reached, and leave it alone for a while."""
    _set(session, endpoint_id, failures=WebhookEndpoint.failures + 1, rest_until=db_after(seconds))


def live_keys(session: Session, endpoint_id: UUID) -> tuple[str, ...]:
    """Secrets that sign, newest first."""
    query = (
        select(WebhookKey.secret)
        .where(WebhookKey.endpoint_id == endpoint_id, WebhookKey.retired_at.is_(None))
        .order_by(WebhookKey.id.desc())
    )
    return tuple(secret for secret in session.scalars(query) if secret is not None)


def count_keys(session: Session, endpoint_id: UUID) -> int:
    """How many secrets sign. Who may not read them may count them."""
    live = select(func.count(WebhookKey.id)).where(
        WebhookKey.endpoint_id == endpoint_id, WebhookKey.retired_at.is_(None)
    )
    return session.scalars(live).one()


def add_key(session: Session, endpoint_id: UUID, key_id: UUID, secret: str, *, keep: int) -> None:
    """Give an endpoint a new key. The newest ``keep`` of the ones before stay live, the others are forgotten.

    Two who rotate at once take turns.
    """
    session.execute(select(WebhookEndpoint.id).where(WebhookEndpoint.id == endpoint_id).with_for_update())
    before = (
        select(WebhookKey.id)
        .where(WebhookKey.endpoint_id == endpoint_id, WebhookKey.retired_at.is_(None))
        .order_by(WebhookKey.id.desc())
        .offset(keep)
    )
    session.execute(
        update(WebhookKey).where(WebhookKey.id.in_(before)).values(secret=None, retired_at=db_now()),
        execution_options=_UNSYNCHRONISED,
    )
    session.execute(insert(WebhookKey).values(id=key_id, endpoint_id=endpoint_id, secret=secret))


def _by_name() -> Select[WebhookEndpoint]:
    return select(WebhookEndpoint).order_by(WebhookEndpoint.name)


def _overview(session: Session, endpoint: WebhookEndpoint) -> Overview:
    waiting = undelivered.counts(session, endpoint.id)
    return Overview(
        id=endpoint.id,
        name=endpoint.name,
        url=endpoint.url,
        events=endpoint.events,
        networks=endpoint.networks,
        live_keys=count_keys(session, endpoint.id),
        disabled_at=endpoint.disabled_at,
        failures=endpoint.failures,
        rest_until=endpoint.rest_until,
        pending=waiting.pending,
        dead=waiting.dead,
        created_at=endpoint.created_at,
    )


def _set(session: Session, endpoint_id: UUID, **values: object) -> None:
    session.execute(
        update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(**values),
        execution_options=_UNSYNCHRONISED,
    )
