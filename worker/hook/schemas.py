"""The bodies of the hook's answers."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from db.models import EventKind, EventState, HumanLabel, ItemState, VerdictLabel
from db.queries.events import Standing
from db.queries.verdicts import StoredVerdict
from worker.review.schemas import MembersView, ThresholdsView, VetoView, WarrantyView
from worker.telling import verdict_told


class ReviewView(BaseModel):
    """Where the review item stands that the event opened."""

    state: ItemState
    decision: HumanLabel | None


class StandingView(BaseModel):
    """Where an event stands and, when it is done, the verdict, in the words of the webhook."""

    id: UUID
    kind: EventKind
    state: EventState
    reason: str | None
    detail: str | None
    bucket: str | None
    key: str | None
    version_id: str | None
    attempts: int
    received_at: datetime
    finished_at: datetime | None
    image_id: UUID | None
    verdict: VerdictLabel | None = None
    probability: float | None = None
    members: MembersView | None = None
    veto: VetoView | None = None
    thresholds: ThresholdsView | None = None
    bundle: str | None = None
    warranty: WarrantyView | None = None
    review: ReviewView | None = None

    @classmethod
    def of(cls, standing: Standing, verdict: StoredVerdict | None) -> Self:
        """The event, and the verdict that answers it."""
        own = {name: getattr(standing, name) for name in cls.model_fields if hasattr(standing, name)}
        given = {} if verdict is None else verdict_told(verdict)
        review = None
        if standing.review_state is not None:
            review = ReviewView(state=standing.review_state, decision=standing.decision)
        return cls(**(own | given | {"review": review}))
