"""The routes that state the reasons of a SYNTHETIC."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session, sessionmaker

from db.queries import effective, statements
from detector.reasons import Reason, Rejected
from worker.platform.reasons import may_refuse
from worker.settings import Settings
from worker.statement_settings import Restriction
from worker.statements.statement import Automation, Statement, state

_REFUSES = may_refuse(Reason.NOT_FOUND)


class StatementView(BaseModel):
    """A statement of reasons, with the fields of Art. 17(3) of Regulation (EU) 2022/2065."""

    id: UUID
    """Of the decision, or of the verdict where no person decided."""
    image_id: UUID | None
    decided_at: datetime
    uploaded_at: datetime
    restriction: Restriction
    restriction_text: str
    countries: list[str]
    """None named: everywhere."""
    facts: str
    on_notice: bool
    """Whether it followed a notice under Art. 16."""
    automated_detection: bool
    automated_decision: Automation
    automation_text: str
    ground: str | None
    """The clause of the platform's terms; null until the platform has stated it in the settings."""
    explanation: str
    terms_url: str | None
    redress: str

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """The statement as it was made."""
        return cls(**asdict(statement))


def add_routes(router: APIRouter, settings: Settings, makes: sessionmaker[Session]) -> None:
    """By decision or verdict, and by image."""

    @router.get(
        "/statements/{statement_id}",
        operation_id="statement",
        tags=["statements"],
        openapi_extra=_REFUSES,
    )
    def of_decision(statement_id: UUID) -> StatementView:
        """Why a decision, or a verdict that no person has looked at, was SYNTHETIC."""
        with makes() as session:
            return _view(session, settings, statement_id)

    @router.get(
        "/images/{image_id}/statement",
        operation_id="statement_of_image",
        tags=["statements"],
        openapi_extra=_REFUSES,
    )
    def of_image(image_id: UUID) -> StatementView:
        """Why a picture is called SYNTHETIC now."""
        with makes() as session:
            return _view(session, settings, effective.accusation_of(session, image_id))


def _view(session: Session, settings: Settings, subject_id: UUID | None) -> StatementView:
    facts = None if subject_id is None else statements.find(session, subject_id)
    if facts is None:
        raise Rejected(
            Reason.NOT_FOUND, "no SYNTHETIC of this id is in effect, so there are no reasons to state"
        )
    return StatementView.of(state(facts, settings))
