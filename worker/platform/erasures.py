"""The routes by which a picture, an object or a person is forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session, sessionmaker

from db.models import ErasureScope, ErasureState
from db.queries import erasures
from db.queries.erasures import StoredErasure, Subject
from detector.reasons import Reason, Rejected
from worker import erasure
from worker.access.guard import name_of
from worker.platform.reasons import may_refuse
from worker.platform.schemas import Word
from worker.platform.second_tries import Asked, IdempotencyKey, SecondTries
from worker.settings import Settings

_ERASING = may_refuse(
    Reason.NOT_FOUND, Reason.STILL_WORKING, Reason.IDEMPOTENCY_MISMATCH, Reason.REQUEST_IN_PROGRESS
)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ImageErasureBody(_Body):
    """One picture: one version of an object."""

    image_id: UUID


class ObjectErasureBody(_Body):
    """All versions of an object."""

    bucket: Word
    key: Word


class UploaderErasureBody(_Body):
    """All that a person has uploaded and appealed."""

    uploader: Word


Body = ImageErasureBody | ObjectErasureBody | UploaderErasureBody


class ErasedView(BaseModel):
    """How many rows of each kind were erased."""

    images: int = 0
    """Pictures whose names, hashes and uploader are gone; their verdicts and sizes stay as counts."""
    features: int = 0
    events: int = 0
    messages: int = 0
    """Messages to the platform: those that waited are not sent any more, the others tell nothing."""
    items: int = 0
    """Questions to reviewers; those that waited were withdrawn."""
    notes: int = 0
    """Texts of reviewers and appellants."""
    appeals: int = 0
    evidence: int = 0
    """Names of objects that appeals showed; the objects are the platform's to delete."""
    precedents: int = 0


class ErasureView(BaseModel):
    """The report of an erasure."""

    id: UUID
    scope: ErasureScope
    state: ErasureState
    erased: ErasedView
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, stored: StoredErasure) -> Self:
        """The report as far as it goes."""
        own = {name: getattr(stored, name) for name in cls.model_fields}
        return cls(**own | {"erased": ErasedView(**stored.erased)})


def add_routes(router: APIRouter, settings: Settings, makes: sessionmaker[Session]) -> None:
    """Asking for an erasure, and for its report."""
    tries = SecondTries(makes, keep_seconds=settings.api_answers_kept)
    at_once = settings.erase_at_once
    pages = -(-at_once // erasure.PAGE) + 2 if at_once else 0  # the rest and the end are pages too
    known = Depends(name_of)

    @router.post(
        "/erasures",
        operation_id="erase",
        tags=["erasures"],
        status_code=202,
        response_model=ErasureView,
        openapi_extra=_ERASING,
    )
    def erase(body: Body, key: IdempotencyKey = None, who: str = known) -> JSONResponse:
        """Forget a picture, an object or a person: features, names, texts, evidence.

        The counts and the audit log stay valid. The answer is the report: `running` while it goes on by
        itself, then `done`; ask again at `/v1/erasures/{id}`. Files stay where they are: they are the
        platform's.
        """

        def work(session: Session) -> tuple[int, dict[str, str]]:
            return 202, {"id": str(erasure.begin(session, _subject(body), asked_by=who))}

        begun = tries.done(Asked(who=who, key=key, route="POST /v1/erasures", body=body), work)
        erasure_id = UUID(begun.body["id"])
        erasure.proceed(makes, erasure_id, pages=pages)
        return begun.answer(_view(makes, erasure_id).model_dump(mode="json"))

    @router.get(
        "/erasures/{erasure_id}",
        operation_id="erasure",
        tags=["erasures"],
        openapi_extra=may_refuse(Reason.NOT_FOUND),
    )
    def look(erasure_id: UUID) -> ErasureView:
        """The report of an erasure, as far as it goes."""
        return _view(makes, erasure_id)


def _subject(body: Body) -> Subject:
    if isinstance(body, ImageErasureBody):
        return Subject(scope=ErasureScope.IMAGE, image_id=body.image_id)
    if isinstance(body, ObjectErasureBody):
        return Subject(scope=ErasureScope.OBJECT, bucket=body.bucket, key=body.key)
    return Subject(scope=ErasureScope.UPLOADER, uploader=body.uploader)


def _view(makes: sessionmaker[Session], erasure_id: UUID) -> ErasureView:
    with makes() as session:
        found = erasures.get(session, erasure_id)
    if found is None:
        raise Rejected(Reason.NOT_FOUND, "there is no erasure of this id")
    return ErasureView.of(found)
