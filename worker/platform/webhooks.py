"""The route that has messages sent again to a webhook endpoint."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator
from sqlalchemy.orm import Session, sessionmaker

from detector.reasons import Reason
from worker.platform.reasons import may_refuse
from worker.webhooks import endpoints


class ReplayBody(BaseModel):
    """Which messages: one delivery, or all from a time on; by default those that were given up."""

    model_config = ConfigDict(extra="forbid")

    delivery: UUID | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _check_one_way(self) -> Self:
        if self.delivery is not None and (self.since is not None or self.until is not None):
            raise ValueError("name a delivery, or a time, not both")
        return self


class ReplayView(BaseModel):
    """How many messages are queued again."""

    queued: int


def add_routes(router: APIRouter, makes: sessionmaker[Session]) -> None:
    """``POST /v1/webhooks/{endpoint}/replay``."""

    @router.post("/webhooks/{endpoint}/replay", tags=["webhooks"], openapi_extra=may_refuse(Reason.NOT_FOUND))
    def replay(endpoint: str, body: ReplayBody) -> ReplayView:
        """Send messages again, under the delivery ids that they had; `settings` names ARTGATE_WEBHOOK_URL."""
        which = endpoints.Replay(delivery=body.delivery, since=body.since, until=body.until)
        with makes.begin() as session:
            return ReplayView(queued=endpoints.replay(session, endpoint, which))
