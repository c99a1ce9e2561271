"""What operators do with webhook endpoints: add, rotate keys, disable, remove, send again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import Session

from db.models import HumanLabel, Message, MessageKind, MessageState, VerdictLabel
from db.queries import deliveries, endpoints, outbox
from db.queries.erasures import ERASED
from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.networks import host_address, networks_of, reachable
from worker.urls import check_http_url, host_of

SETTINGS = "settings"
"""What the endpoint of ARTGATE_WEBHOOK_URL is called where endpoints are named."""
EVENTS = (
    *MessageKind,
    *(f"{MessageKind.VERDICT}.{label.lower()}" for label in VerdictLabel),
    *(f"{MessageKind.DECISION}.{label.lower()}" for label in HumanLabel),
)
"""What an endpoint can ask to be told of."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Which messages are sent again."""

    delivery: UUID | None = None
    """This one alone, whatever became of it."""
    since: datetime | None = None
    """All that were written from then on, whatever became of them; without it those that were given up."""
    until: datetime | None = None


def add(session: Session, name: str, url: str, *, events: Sequence[str], networks: Sequence[str]) -> str:
    """Add an endpoint, and give the secret that its receiver checks signatures with.

    Raises:
        Rejected: ``bad_request``: the name, the URL, an event or a network is none, or the name is taken.
    """
    if not _NAME.fullmatch(name) or name == SETTINGS:
        raise _bad(
            f"{name!r} can't name an endpoint; take small letters, digits, - and _, and not {SETTINGS!r}"
        )
    unknown = sorted(set(events) - set(EVENTS))
    if unknown:
        raise _bad(f"there is no event {unknown[0]!r}; the events are {', '.join(EVENTS)}")
    _check_address(url, networks)
    endpoint_id = new_id()
    if not endpoints.add(
        session, endpoint_id, name=name, url=url, events=sorted(set(events)), networks=networks
    ):
        raise _bad(f"there is an endpoint {name!r} already; remove it first, or take another name")
    return _new_key(session, endpoint_id, keep=0)


def rotate(session: Session, name: str, *, alone: bool) -> str:
    """Give an endpoint a new key; the one before stays live beside it, unless the new one is to be ``alone``.

    Raises:
        Rejected: ``not_found``.
    """
    return _new_key(session, known(session, name), keep=0 if alone else endpoints.LIVE_KEYS - 1)


def known(session: Session, name: str) -> UUID:
    """The endpoint of a name.

    Raises:
        Rejected: ``not_found``.
    """
    found = endpoints.id_of(session, name)
    if found is None:
        raise unknown(name)
    return found


def unknown(name: str) -> Rejected:
    """The refusal of a name that no endpoint has."""
    return Rejected(
        Reason.NOT_FOUND, f"there is no webhook endpoint {name!r}; `artgate webhooks list` names them"
    )


def replay(session: Session, name: str, which: Replay) -> int:
    """Queue messages for an endpoint again, under the delivery ids that they have. How many.

    What waits anyway is left as it is.

    Raises:
        Rejected: ``not_found``.
    """
    if name == SETTINGS:
        dead = Message.state == MessageState.DEAD
        return outbox.replay(session, and_(_which(which, dead), Message.subject != ERASED))
    endpoint_id = known(session, name)
    return deliveries.replay(session, endpoint_id, _which(which, deliveries.dead_of(endpoint_id)))


def _which(which: Replay, dead: ColumnElement[bool]) -> ColumnElement[bool]:
    if which.delivery is not None:
        return Message.id == which.delivery
    begun = dead if which.since is None else Message.created_at >= which.since
    return and_(begun, true() if which.until is None else Message.created_at < which.until)


def _new_key(session: Session, endpoint_id: UUID, *, keep: int) -> str:
    secret = f"whsec_{secrets.token_urlsafe(_SECRET_BYTES)}"
    endpoints.add_key(session, endpoint_id, new_id(), secret, keep=keep)
    return secret


def _check_address(url: str, networks: Sequence[str]) -> None:
    try:
        check_http_url(url)
        allowed = networks_of(networks)
    except ValueError as error:
        raise _bad(str(error)) from None
    address = host_address(host_of(url))
    if address is not None and not reachable(address, allowed):
        raise _bad(f"{address} is not a public address; if it is meant, say so with --allow {address}")


def _bad(message: str) -> Rejected:
    return Rejected(Reason.BAD_REQUEST, message)
