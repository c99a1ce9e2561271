"""The routes of upload events: posting them, and asking where one stands."""

from __future__ import annotations

from asyncio import wrap_future
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from sqlalchemy.orm import Session, sessionmaker

from db.queries import events, verdicts
from detector.reasons import Reason, Rejected
from worker import tracing
from worker.hook.access import Doorkeeper
from worker.hook.schemas import StandingView
from worker.intake import Gatherer
from worker.monitoring.metrics import HookMetrics
from worker.notifications import Record, parse
from worker.platform.reasons import REASONS
from worker.settings import Settings

_LOOKING = [Reason.BAD_SIGNATURE, Reason.FORBIDDEN, Reason.BAD_REQUEST, Reason.NOT_FOUND]
_MOST = 10_000
"""Events in one body: more would hold the database longer than a sender waits."""
_SMALL = 64 * 2**10
"""Bytes that are parsed at once; a larger body would hold up everyone else meanwhile."""


def router_for(
    settings: Settings, sessions: sessionmaker[Session], intake: Gatherer, metrics: HookMetrics
) -> APIRouter:
    """The routes below ``/v1/events``."""
    router = APIRouter(prefix="/v1/events")
    door = Doorkeeper(settings, sessions)

    async def post(request: Request) -> Response:
        """Take a body of events in; answered once they are committed."""
        body = await request.body()
        await door.may_post(request.headers, body)
        with tracing.span("receive", of=tracing.ROOT):
            records = _parsed(body) if len(body) <= _SMALL else await run_in_threadpool(_parsed, body)
            ids = await wrap_future(intake.accept(records))
        metrics.events.inc(len(ids))
        return JSONResponse({"ids": [str(event_id) for event_id in ids]}, HTTPStatus.ACCEPTED)

    # A plain route: the body is raw, and FastAPI's analysis of parameters would cost as much as the rest.
    router.add_route("/v1/events", post, methods=["POST"])

    @router.get(
        "/{event_id}", operation_id="standing_of_event", tags=["events"], openapi_extra={REASONS: _LOOKING}
    )
    def look(event_id: UUID, request: Request) -> StandingView:
        """Where an event stands and, when it is done, the verdict."""
        door.may_ask(request.headers)
        with sessions() as session:
            return _standing(session, event_id)

    return router


def _parsed(body: bytes) -> list[Record]:
    records = parse(body)
    if len(records) > _MOST:
        raise Rejected(Reason.REQUEST_TOO_LARGE, f"the body holds more than {_MOST} events; send fewer")
    return records


def _standing(session: Session, event_id: UUID) -> StandingView:
    found = events.standing(session, event_id)
    if found is None:
        raise Rejected(Reason.NOT_FOUND, "there is no event of this id")
    known = [] if found.image_id is None else verdicts.of_image(session, found.image_id)
    verdict = next((verdict for verdict in known if verdict.id == found.verdict_id), None)
    return StandingView.of(found, verdict)
