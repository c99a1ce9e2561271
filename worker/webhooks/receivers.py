"""Everyone who is told, the endpoint of the settings among them, as operators see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import endpoints, undelivered
from db.queries.endpoints import Overview
from worker.webhook_settings import WebhookSettings
from worker.webhooks.endpoints import SETTINGS, unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """One of them."""

    id: UUID | None
    """None for the endpoint of the settings."""
    name: str
    url: str
    events: tuple[str, ...]
    """What it is told of; everything where empty."""
    networks: tuple[str, ...]
    """That are not public, and that it may lie in."""
    keys: int
    """That sign what it receives."""
    disabled_at: datetime | None
    rest_until: datetime | None
    state: str
    """``on``, ``disabled``, or how often in a row it could not be reached."""
    failures: int
    pending: int
    dead: int
    created_at: datetime | None


def everyone(session: Session, settings: WebhookSettings) -> list[Receiver]:
    """All of them by name, the endpoint of the settings first."""
    named = [_of(each) for each in endpoints.everything(session)]
    return named if settings.webhook_url is None else [_of_settings(session, settings), *named]


def receiver(session: Session, settings: WebhookSettings, name: str) -> Receiver:
    """The one of a name.

    Raises:
        Rejected: ``not_found``.
    """
    found = next((each for each in everyone(session, settings) if each.name == name), None)
    if found is None:
        raise unknown(name)
    return found


def _of(endpoint: Overview) -> Receiver:
    return Receiver(
        id=endpoint.id,
        name=endpoint.name,
        url=endpoint.url,
        events=tuple(endpoint.events),
        networks=tuple(endpoint.networks),
        keys=endpoint.live_keys,
        disabled_at=endpoint.disabled_at,
        rest_until=endpoint.rest_until,
        state=_state(endpoint),
        failures=endpoint.failures,
        pending=endpoint.pending,
        dead=endpoint.dead,
        created_at=endpoint.created_at,
    )


def _of_settings(session: Session, settings: WebhookSettings) -> Receiver:
    waiting = undelivered.counts(session, None)
    return Receiver(
        id=None,
        name=SETTINGS,
        url=settings.webhook_url or "",
        events=(),
        networks=tuple(map(str, settings.webhook_networks)),
        keys=1,
        disabled_at=None,
        rest_until=None,
        state="on",
        failures=0,
        pending=waiting.pending,
        dead=waiting.dead,
        created_at=None,
    )


def _state(endpoint: Overview) -> str:
    if endpoint.disabled_at is not None:
        return "disabled"
    if endpoint.failures:
        return f"away, {endpoint.failures} in a row"
    return "on"
