"""Rows that the audit log tells of, in the words of its entries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models import Act, Decision, FirstOpinion, Note, Retraction, Reviewer, ReviewItem

Facts = dict[str, Any]
_PAGE = 2000


def items(session: Session) -> Iterator[tuple[UUID, Facts]]:
    """Every item's id and state."""
    own = ("kind", "image_id", "event_id", "verdict_id", "state", "stage", "round", "lease_number")
    claimant, assignee = aliased(Reviewer), aliased(Reviewer)
    query = (
        select(
            ReviewItem.id.label("row_id"),
            *(getattr(ReviewItem, name) for name in own),
            claimant.pseudonym.label("claimed_by"),
            assignee.pseudonym.label("assigned_to"),
        )
        .outerjoin(claimant, claimant.name == ReviewItem.claimed_by)
        .outerjoin(assignee, assignee.name == ReviewItem.assigned_to)
    )
    yield from _rows(session, query)


def records(session: Session, name: str) -> Iterator[tuple[UUID, Facts]]:
    """Every row of a table that is only appended to, by its name in ``_RECORDS``."""
    yield from _rows(session, _RECORDS[name]())


def note_digests(session: Session) -> Iterator[tuple[UUID, str]]:
    """For every decision or act whose text is still there: its id, and the text's salted digest."""
    texts = [
        select(owner.id.label("row_id"), Note.salt, Note.body)
        .join(Note, Note.id == owner.note_id)
        .where(Note.body.is_not(None))
        for owner in (Decision, Act)
    ]
    for row_id, salt, body in session.execute(union_all(*texts).execution_options(yield_per=_PAGE)):
        yield row_id, hashlib.sha256((salt or b"") + (body or "").encode()).hexdigest()


def _decisions() -> Select[Any]:
    own = (
        "id",
        "image_id",
        "label",
        "stage",
        "round",
        "settles",
        "told_from",
        "lease_number",
        "created_at",
        "cited_id",
        "automatic",
        "ground",
    )
    return _named(Decision, "id", own, Decision.moderator)


def _retractions() -> Select[Any]:
    return _named(Retraction, "decision_id", ("decision_id", "created_at"), Retraction.reviewer)


def _acts() -> Select[Any]:
    own = ("id", "kind", "lease_number", "until", "created_at")
    return _named(Act, "id", own, Act.reviewer)


def _opinions() -> Select[Any]:
    own = ("id", "label", "round", "lease_number", "created_at")
    return _named(FirstOpinion, "id", own, FirstOpinion.reviewer)


_RECORDS = {
    "decision": _decisions,
    "retraction": _retractions,
    "act": _acts,
    "first opinion": _opinions,
}


def _named(table: Any, key: str, own: tuple[str, ...], who: InstrumentedAttribute[str]) -> Select[Any]:
    return select(
        getattr(table, key).label("row_id"),
        *(getattr(table, name) for name in own),
        Reviewer.pseudonym.label("reviewer"),
    ).outerjoin(Reviewer, Reviewer.name == who)


def _rows(session: Session, query: Select[Any]) -> Iterator[tuple[UUID, Facts]]:
    for row in session.execute(query.execution_options(yield_per=_PAGE)):
        facts = dict(row._mapping)
        yield facts.pop("row_id"), facts
