"""The route that Amazon SNS posts to."""

from __future__ import annotations

import logging
from asyncio import wrap_future
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from worker.clock import utc_now
from worker.intake import Gatherer
from worker.logs import fields
from worker.notifications import Record, parse
from worker.push.fetching import Fetch
from worker.push.sns_message import SnsMessage, read_message, verify
from worker.settings import Settings

log = logging.getLogger(__name__)
_MOST_CERTIFICATES = 16


class SnsDoor:
    """Lets messages of allowed topics in, once SNS's signature is verified, and confirms subscriptions.

    Args:
        settings: the topics.
        fetch: gets certificates, and visits the addresses that confirm.
    """

    def __init__(self, settings: Settings, fetch: Fetch) -> None:
        self._topics = frozenset(settings.sns_topics)
        self._fetch = fetch
        self._certificates: dict[str, bytes] = {}

    def admit(self, body: bytes) -> list[Record]:
        """The records of a message; none where a subscription was confirmed, or has ended.

        Raises:
            Rejected: ``bad_event``, ``forbidden``, ``bad_signature``.
            Transient: ``provider_unavailable``.
        """
        message = read_message(body, self._topics)
        verify(message, self._certificate(message), utc_now())
        if message.subscribe_url is not None:
            self._fetch(message.subscribe_url)
            log.info("subscription_confirmed", extra=fields(topic=message.topic))
            return []
        if message.kind != "Notification":
            log.warning("subscription_ended", extra=fields(topic=message.topic))
            return []
        return parse(body)

    def _certificate(self, message: SnsMessage) -> bytes:
        """The certificate at the message's address; SNS gives a new one a new address."""
        known = self._certificates.get(message.certificate_url)
        if known is not None:
            return known
        fetched = self._fetch(message.certificate_url)
        if len(self._certificates) >= _MOST_CERTIFICATES:
            self._certificates.clear()
        self._certificates[message.certificate_url] = fetched
        return fetched


def router_for(settings: Settings, intake: Gatherer, fetch: Fetch) -> APIRouter:
    """``POST /v1/sns``: no token, as SNS has none to show; its signature lets it in."""
    router = APIRouter()
    door = SnsDoor(settings, fetch)

    async def post(request: Request) -> Response:
        """Take a message; answered once its events are committed."""
        records = await run_in_threadpool(door.admit, await request.body())
        ids = await wrap_future(intake.accept(records)) if records else []
        return JSONResponse({"ids": [str(event_id) for event_id in ids]}, HTTPStatus.ACCEPTED)

    # A plain route: the signature is over members of the raw body.
    router.add_route("/v1/sns", post, methods=["POST"])
    return router
