"""The route that push subscriptions of Google Pub/Sub post to."""

from __future__ import annotations

from asyncio import wrap_future
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from detector.reasons import Reason, Rejected
from worker.intake import Gatherer
from worker.notifications import Record, parse
from worker.push.fetching import Fetch
from worker.push.google_token import GoogleTokens
from worker.settings import Settings


def router_for(settings: Settings, intake: Gatherer, fetch: Fetch) -> APIRouter:
    """``POST /v1/pubsub``: a token of Google's lets a message in."""
    router = APIRouter()
    audience = settings.pubsub_audience
    tokens = None if audience is None else GoogleTokens(audience, settings.pubsub_accounts, fetch)

    def admit(authorization: str, body: bytes) -> list[Record]:
        if tokens is None:
            raise Rejected(Reason.FORBIDDEN, "no push subscription is awaited; set ARTGATE_PUBSUB_AUDIENCE")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Rejected(
                Reason.BAD_SIGNATURE, "the request has no token; enable authentication of the subscription"
            )
        tokens.verify(token.strip())
        return parse(body)

    async def post(request: Request) -> Response:
        """Take a message; answered once its events are committed."""
        authorization = request.headers.get("authorization", "")
        records = await run_in_threadpool(admit, authorization, await request.body())
        ids = await wrap_future(intake.accept(records))
        return JSONResponse({"ids": [str(event_id) for event_id in ids]}, HTTPStatus.ACCEPTED)

    # A plain route: the body is an envelope, which the readers of notifications open.
    router.add_route("/v1/pubsub", post, methods=["POST"])
    return router
