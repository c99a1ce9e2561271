"""The route by which the platform says what it knows of a picture that waits for a person."""

from __future__ import annotations

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session, sessionmaker

from db.queries.signals import Signals
from detector.reasons import Reason, Rejected
from worker.hook.access import Doorkeeper
from worker.review import signals
from worker.settings import Settings

Word = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\x00]*$")]


class SignalsBody(BaseModel):
    """What is known now of one object; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    bucket: Word
    key: Word
    reach: Annotated[int | None, Field(ge=0, lt=2**63)] = None
    reports: Annotated[int | None, Field(ge=0, lt=2**31)] = None
    language: Word | None = None
    appealed_by: Word | None = None


def router_for(settings: Settings, sessions: sessionmaker[Session]) -> APIRouter:
    """``POST /v1/signals``, signed like events."""
    router = APIRouter()
    door = Doorkeeper(settings, sessions)

    async def post(request: Request) -> Response:
        """Note what is known of an object, and put its items where they belong now."""
        raw = await request.body()
        await door.may_post(request.headers, raw)
        ids = await run_in_threadpool(_note, sessions, read_body(raw))
        return JSONResponse({"items": [str(item_id) for item_id in ids]})

    # A plain route: the signature is over the raw body.
    router.add_route("/v1/signals", post, methods=["POST"])
    return router


def _note(sessions: sessionmaker[Session], body: SignalsBody) -> list[UUID]:
    given = Signals(**body.model_dump(exclude={"bucket", "key"}))
    with sessions.begin() as session:
        return signals.note(session, body.bucket, body.key, given)


def read_body(raw: bytes) -> SignalsBody:
    """What a request's body says.

    Raises:
        Rejected: ``bad_request``: no JSON, or not of this form.
    """
    try:
        return SignalsBody.model_validate(json.loads(raw))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise Rejected(Reason.BAD_REQUEST, f"the signals do not fit: {wrong}") from None
    except (ValueError, RecursionError):  # the latter where it is nested beyond reason
        raise Rejected(
            Reason.BAD_REQUEST, "the body is no JSON; expected an object with bucket and key"
        ) from None
