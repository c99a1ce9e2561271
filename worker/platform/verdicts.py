"""The routes that say what holds of a picture, and all that was said of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, sessionmaker

from db.models import Image
from db.queries import effective, events, images
from detector.reasons import Reason, Rejected
from worker.platform.reasons import may_refuse
from worker.platform.schemas import EffectiveView, HistoryView, SaidView, Word, place_of, word_of

_LARGEST_PAGE = 200
_MISSING = "of this {} there is no verdict; GET /v1/events/{{event_id}} says where an upload stands"
Limit = Annotated[int, Query(ge=1, le=_LARGEST_PAGE, description="Entries of a page.")]
After = Annotated[
    str | None, Query(min_length=1, max_length=200, description="The `next` of the page before.")
]
Version = Annotated[
    Word | None, Query(description="A version id, or an ETag where the bucket keeps no versions.")
]
_REFUSES = may_refuse(Reason.NOT_FOUND)


def add_routes(router: APIRouter, makes: sessionmaker[Session]) -> None:
    """By image, by event, by object."""
    _add_latest(router, makes)
    _add_history(router, makes)


def _add_latest(router: APIRouter, makes: sessionmaker[Session]) -> None:
    @router.get(
        "/images/{image_id}/verdict",
        operation_id="verdict_of_image",
        tags=["verdicts"],
        openapi_extra=_REFUSES,
    )
    def of_image(image_id: UUID) -> EffectiveView:
        """What holds of a picture: people's decision, else the verdict of its newest scan."""
        with makes() as session:
            return _effective(session, image_id, "image")

    @router.get(
        "/events/{event_id}/verdict",
        operation_id="verdict_of_event",
        tags=["verdicts"],
        openapi_extra=_REFUSES,
    )
    def of_event(event_id: UUID) -> EffectiveView:
        """What holds of the picture that an event told of."""
        with makes() as session:
            found = events.standing(session, event_id)
            return _effective(session, None if found is None else found.image_id, "event")

    @router.get(
        "/objects/verdict", operation_id="verdict_of_object", tags=["verdicts"], openapi_extra=_REFUSES
    )
    def of_object(bucket: Word, key: Word, version: Version = None) -> EffectiveView:
        """What holds of an object's newest picture, or of the picture of one version."""
        with makes() as session:
            return _effective(session, effective.image_of(session, bucket, key, version), "object")


def _add_history(router: APIRouter, makes: sessionmaker[Session]) -> None:
    @router.get(
        "/images/{image_id}/history",
        operation_id="history_of_image",
        tags=["verdicts"],
        openapi_extra=_REFUSES,
    )
    def of_image(image_id: UUID, limit: Limit = 50, after: After = None) -> HistoryView:
        """All verdicts and settled decisions of a picture, newest first."""
        with makes() as session:
            if images.get(session, image_id) is None:
                raise Rejected(Reason.NOT_FOUND, "there is no picture of this id")
            return _page(session, select(Image.id).where(Image.id == image_id), limit, after)

    @router.get(
        "/objects/history", operation_id="history_of_object", tags=["verdicts"], openapi_extra=_REFUSES
    )
    def of_object(
        bucket: Word, key: Word, version: Version = None, limit: Limit = 50, after: After = None
    ) -> HistoryView:
        """All verdicts and settled decisions of an object's pictures, newest first; of any version."""
        with makes() as session:
            if effective.image_of(session, bucket, key, version) is None:
                raise Rejected(Reason.NOT_FOUND, _MISSING.format("object"))
            return _page(session, effective.pictures_of(bucket, key, version), limit, after)


def _effective(session: Session, image_id: UUID | None, asked: str) -> EffectiveView:
    image = None if image_id is None else images.get(session, image_id)
    if image is None:
        raise Rejected(Reason.NOT_FOUND, _MISSING.format(asked))
    verdict = effective.machine_verdict(session, image.id)
    decision = effective.decision_on(session, image.id)
    if verdict is None and decision is None:
        raise Rejected(Reason.NOT_FOUND, _MISSING.format(asked))
    return EffectiveView.of(image, verdict, decision)


def _page(session: Session, pictures: Select[UUID], limit: int, after: str | None) -> HistoryView:
    before = None if after is None else place_of(after)
    said = effective.history(session, pictures, before=before, limit=limit)
    return HistoryView(
        entries=[SaidView.of(each) for each in said], next=word_of(said[-1]) if len(said) == limit else None
    )
