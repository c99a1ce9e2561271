"""Adds the statement of reasons to what the platform is told of a SYNTHETIC."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import HumanLabel, MessageKind, VerdictLabel
from db.queries import statements
from db.queries.outbox import Delivery
from worker.statement_settings import StatementSettings
from worker.statements.statement import state


def with_reasons(session: Session, delivery: Delivery, terms: StatementSettings) -> dict[str, Any]:
    """The payload of a message, with a ``statement`` where it tells of a SYNTHETIC."""
    subject_id = _subject(session, delivery)
    facts = None if subject_id is None else statements.find(session, subject_id)
    if facts is None:
        return delivery.payload
    told = asdict(state(facts, terms))
    times = {name: told[name].isoformat() for name in ("decided_at", "uploaded_at")}
    ids = {name: None if told[name] is None else str(told[name]) for name in ("id", "image_id")}
    return {**delivery.payload, "statement": told | times | ids}


def _subject(session: Session, delivery: Delivery) -> UUID | None:
    payload = delivery.payload
    if delivery.kind is MessageKind.DECISION and payload.get("label") == HumanLabel.SYNTHETIC:
        return delivery.id  # the message has the id of its decision
    if delivery.kind is MessageKind.VERDICT and payload.get("verdict") == VerdictLabel.SYNTHETIC:
        return _verdict(session, payload)
    return None


def _verdict(session: Session, payload: dict[str, Any]) -> UUID | None:
    """The verdict that a message tells of; it names picture and bundle."""
    image_id, bundle = payload.get("image_id"), payload.get("bundle")
    return (
        None if image_id is None or bundle is None else statements.verdict_of(session, UUID(image_id), bundle)
    )
