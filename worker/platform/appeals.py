"""The routes by which an artist's appeal comes in and is followed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session, sessionmaker

from db.queries import appeals
from detector.reasons import Reason, Rejected
from worker.access.guard import name_of
from worker.platform.filing import AppealView, EvidenceDesk, ImageAppealBody, ObjectAppealBody
from worker.platform.reasons import may_refuse
from worker.platform.second_tries import Asked, IdempotencyKey, SecondTries
from worker.review.appeals import Filing, file
from worker.settings import Settings

_FILING = may_refuse(
    Reason.NOT_FOUND,
    Reason.WITHDRAWN,
    Reason.ALREADY_APPEALED,
    Reason.APPEAL_LIMIT,
    Reason.BUCKET_NOT_ALLOWED,
    Reason.OBJECT_MISSING,
    Reason.OBJECT_FORBIDDEN,
    Reason.EVIDENCE_MISMATCH,
    Reason.STORAGE_UNAVAILABLE,
    Reason.IDEMPOTENCY_MISMATCH,
    Reason.REQUEST_IN_PROGRESS,
)


def add_routes(router: APIRouter, settings: Settings, makes: sessionmaker[Session]) -> None:
    """Filing an appeal, and asking where it stands."""
    desk = EvidenceDesk(settings)
    tries = SecondTries(makes, keep_seconds=settings.api_answers_kept)
    known = Depends(name_of)

    @router.post(
        "/appeals",
        operation_id="file_appeal",
        tags=["appeals"],
        status_code=201,
        response_model=AppealView,
        openapi_extra=_FILING,
    )
    def file_appeal(
        body: ImageAppealBody | ObjectAppealBody, key: IdempotencyKey = None, who: str = known
    ) -> JSONResponse:
        """Ask for another look at a picture, with what shows how it was made.

        People decide who have not decided it before. The objects are looked at, not read.
        """

        def work(session: Session) -> tuple[int, dict[str, Any]]:
            shown = desk.look(body.evidence)
            appeal_id = file(
                session,
                _filing(body, who),
                shown,
                per_day=settings.appeals_per_day,
                deadline_seconds=settings.appeal_deadline,
            )
            return 201, _view(session, appeal_id).model_dump(mode="json")

        return tries.done(Asked(who=who, key=key, route="POST /v1/appeals", body=body), work).answer()

    @router.get(
        "/appeals/{appeal_id}",
        operation_id="appeal",
        tags=["appeals"],
        openapi_extra=may_refuse(Reason.NOT_FOUND),
    )
    def look(appeal_id: UUID) -> AppealView:
        """Where an appeal stands."""
        with makes() as session:
            return _view(session, appeal_id)


def _filing(body: ImageAppealBody | ObjectAppealBody, who: str) -> Filing:
    image_id, bucket, key = None, None, None
    if isinstance(body, ImageAppealBody):
        image_id = body.image_id
    else:
        bucket, key = body.bucket, body.key
    return Filing(
        image_id=image_id,
        bucket=bucket,
        key=key,
        appellant=body.appellant,
        statement=body.statement,
        filed_by=who,
    )


def _view(session: Session, appeal_id: UUID) -> AppealView:
    found = appeals.get(session, appeal_id)
    if found is None:
        raise Rejected(Reason.NOT_FOUND, "there is no appeal of this id")
    return AppealView.of(found)
