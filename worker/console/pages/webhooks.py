"""``/console/webhooks``: who is told of what, what they have not got, and sending it again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from db.queries import delivery_log, undelivered
from worker.access.actor import Actor
from worker.access.guard import actor_of
from worker.access.permissions import Permission, may
from worker.console.console import Console, to
from worker.console.words import plural
from worker.logs import fields
from worker.urls import without_secrets
from worker.webhooks import endpoints
from worker.webhooks.endpoints import Replay
from worker.webhooks.receivers import Receiver, everyone, receiver

WEBHOOKS = "/console/webhooks"
LINES = 100
"""Most lines of the log on a page."""
LETTERS = 50
"""Most messages that were given up on a page."""
_FAILED = ("failed", "dead")
Asking = Annotated[Actor, Depends(actor_of)]
Moment = Annotated[datetime | None, Form()]
log = logging.getLogger(__name__)


class Asked(StrEnum):
    """What was to be sent again."""

    GIVEN_UP = "given-up"
    DELIVERY = "delivery"
    PERIOD = "period"


def router_for(console: Console) -> APIRouter:
    """The list, the page of each endpoint, and the form that sends messages again."""
    router = APIRouter(prefix=WEBHOOKS, dependencies=[Depends(console.guard)])

    @router.get("")
    def page(request: Request) -> Response:
        """All endpoints."""
        with console.makes() as session:
            found = everyone(session, console.settings)
        return console.page(request, "webhooks.html", receivers=found, shown=without_secrets)

    @router.get("/{endpoint}")
    def of_endpoint(
        request: Request,
        actor: Asking,
        endpoint: str,
        *,
        failed: bool = False,
        delivery: UUID | None = None,
        queued: Annotated[int | None, Query(ge=0)] = None,
        asked: Asked = Asked.GIVEN_UP,
    ) -> Response:
        """One endpoint: what it has not got, and the newest lines of its log."""
        with console.makes() as session:
            found = receiver(session, console.settings, endpoint)
            letters = undelivered.dead(session, found.id, limit=LETTERS)
            lines = delivery_log.latest(
                session,
                endpoint_id=found.id,
                of_settings=found.id is None,
                delivery=delivery,
                outcomes=_FAILED if failed else (),
                limit=LINES,
            )
        return console.page(
            request,
            "webhook.html",
            receiver=found,
            url=without_secrets(found.url),
            letters=letters,
            lines=lines,
            most=LINES,
            failed=failed,
            delivery=delivery,
            acts=may(actor.role, Permission.MANAGE_WEBHOOKS),
            said=None if queued is None else _said(found, asked, queued),
        )

    @router.post("/{endpoint}/replay")
    def replay(
        actor: Asking,
        endpoint: str,
        delivery: Annotated[UUID | None, Form()] = None,
        since: Moment = None,
        until: Moment = None,
    ) -> Response:
        """Send again: one delivery, or all from a time on, or else those that were given up."""
        which = Replay(delivery=delivery, since=_utc(since), until=_utc(until))
        with console.makes.begin() as session:
            found = receiver(session, console.settings, endpoint)
            queued = endpoints.replay(session, found.name, which)
        log.info("webhook_replayed", extra=fields(endpoint=found.name, queued=queued, by=actor.name))
        return to(f"{WEBHOOKS}/{found.name}?queued={queued}&asked={_asked(which)}")

    return router


def _asked(which: Replay) -> Asked:
    if which.delivery is not None:
        return Asked.DELIVERY
    return Asked.GIVEN_UP if which.since is None else Asked.PERIOD


def _said(found: Receiver, asked: Asked, queued: int) -> str:
    """What became of sending again, in a sentence or two."""
    if not queued:
        why = {
            Asked.GIVEN_UP: "no message had been given up",
            Asked.DELIVERY: "no message with this delivery id is for it, or it waits already",
            Asked.PERIOD: "no message of that time is for it, or all of them wait already",
        }
        return f"Nothing is sent to {found.name} again: {why[asked]}."
    which = " that had been given up" if asked is Asked.GIVEN_UP else ""
    verb = "is" if queued == 1 else "are"
    then = (
        "within seconds, those of one picture in their order"
        if found.disabled_at is None
        else "once it is told again: artgate webhooks enable"
    )
    return f"{plural(queued, 'message')}{which} {verb} queued again for {found.name}, to be sent {then}."


def _utc(moment: datetime | None) -> datetime | None:
    """A form's moments are UTC, and say so in their labels."""
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)
