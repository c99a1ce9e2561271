"""All that is stored of one person, kind by kind and page by page, in the order of ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.base import db_now
from db.models import (
    Account,
    Appeal,
    AppealEvidence,
    Decision,
    Event,
    Features,
    Image,
    ItemKind,
    KnownAnswer,
    Note,
    Retraction,
    Reviewer,
    ReviewItem,
    ShadowVerdict,
    Verdict,
)

Row: TypeAlias = Mapping[str, Any]
_Id: TypeAlias = InstrumentedAttribute[UUID]


class Part(StrEnum):
    """A kind of rows, by the name that an export gives it."""

    UPLOADS = "uploads"
    PICTURES = "pictures"
    MEASUREMENTS = "measurements"
    VERDICTS = "verdicts"
    TRIAL_VERDICTS = "trial_verdicts"
    QUESTIONS = "questions"
    DECISIONS = "decisions"
    STATEMENTS = "statements"
    """Rows are pictures: of those that are called SYNTHETIC, whoever reads on states the reasons."""
    APPEALS = "appeals"
    EVIDENCE = "evidence"
    KNOWN_ANSWERS = "known_answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """How many rows an erasure would empty and not delete."""

    verdicts: int
    decisions: int


def page(session: Session, part: Part, who: str, *, after: UUID | None, limit: int) -> list[Row]:
    """Rows of one kind that concern a person, each with its ``id``, after that one."""
    query, row_id = _FINDS[part](who)
    if after is not None:
        query = query.where(row_id > after)
    return [dict(row._mapping) for row in session.execute(query.order_by(row_id).limit(limit))]


def reviewers_named(session: Session, decisions: Sequence[UUID]) -> list[str]:
    """Names that a text of a reviewer may hold: of all accounts and reviewers, and of who decided these."""
    made = select(Decision.moderator).where(Decision.id.in_(decisions))
    return list(session.scalars(union(select(Account.name), select(Reviewer.name), made)))


def staying(session: Session, who: str) -> Staying:
    """What is kept of a person's pictures when they are erased: rows that no longer tell whose they were."""
    verdicts = select(func.count()).select_from(Verdict).where(Verdict.image_id.in_(_pictures(who)))
    decisions = select(func.count()).select_from(Decision).where(Decision.image_id.in_(_pictures(who)))
    return Staying(
        verdicts=session.execute(verdicts).scalar_one(), decisions=session.execute(decisions).scalar_one()
    )


def _pictures(who: str) -> Select[UUID]:
    return select(Image.id).where(Image.uploader == who)


def _questions(who: str) -> ColumnElement[bool]:
    """For the ``ReviewItem`` of a query: it asks about the person's picture, or their refused upload."""
    uploads = select(Event.id).where(Event.uploader == who)
    of_upload = and_(ReviewItem.kind == ItemKind.REFUSAL, ReviewItem.event_id.in_(uploads))
    # A question whose answer is known is about the reviewer who is asked.
    return and_(ReviewItem.known_answer_id.is_(None), or_(ReviewItem.image_id.in_(_pictures(who)), of_upload))


def _is_told() -> ColumnElement[bool]:
    """For the ``Decision`` of a query: its round has come to an end that the outside may know of."""
    told = aliased(Decision)
    return exists().where(
        told.item_id == Decision.item_id,
        told.round == Decision.round,
        told.settles,
        func.coalesce(told.told_from, told.created_at) <= db_now(),
        ~exists().where(Retraction.decision_id == told.id),
    )


def _some(model: type[Any], *names: str) -> list[Any]:
    return [getattr(model, name) for name in names]


def _uploads(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "image_id", "system", "kind", "state", "bucket", "key", "version_id", "etag", "size"),
        *("sequencer", "uploader", "domain", "occurred_at", "received_at", "finished_at", "reason", "detail"),
    )
    return select(*_some(Event, *names)).where(Event.uploader == who), Event.id


def _images(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "bucket", "key", "version_id", "etag", "sha256", "size", "format", "width", "height"),
        *("perceptual_hash", "hash_contrast", "uploader", "domain", "created_at", "removed_at"),
    )
    return select(*_some(Image, *names)).where(Image.uploader == who), Image.id


def _measurements(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "image_id", "schema_id", "backbone_id", "decode_version", "runtime", "precision"),
        *("values", "replaced", "created_at"),
    )
    return select(*_some(Features, *names)).where(Features.image_id.in_(_pictures(who))), Features.id


def _verdicts(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "image_id", "event_id", "bundle_id", "origin", "label", "label_before_veto", "probability"),
        *("raw", "lightgbm", "svm", "random_forest", "veto_applied", "veto_probability", "genuine_below"),
        *("synthetic_from", "reason", "warranty", "runtime", "precision", "created_at"),
    )
    return select(*_some(Verdict, *names)).where(Verdict.image_id.in_(_pictures(who))), Verdict.id


def _trial_verdicts(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "image_id", "verdict_id", "bundle_id", "label", "label_before_veto", "probability", "raw"),
        *("veto_probability", "reason", "runtime", "precision", "created_at"),
    )
    query = select(*_some(ShadowVerdict, *names)).where(ShadowVerdict.image_id.in_(_pictures(who)))
    return query, ShadowVerdict.id


def _items(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "kind", "image_id", "event_id", "verdict_id", "state", "round", "reason", "language"),
        *("reach", "reports", "created_at", "reopened_at", "due_at", "closed_at"),
    )
    return select(*_some(ReviewItem, *names)).where(_questions(who)), ReviewItem.id


def _decisions(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "item_id", "image_id", "label", "ground", "stage", "round", "settles", "automatic"),
        *("cited_id", "created_at"),
    )
    query = (
        select(
            *_some(Decision, *names),
            Retraction.decision_id.is_not(None).label("taken_back"),
            func.coalesce(Note.body, Decision.note).label("note"),
        )
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .outerjoin(Retraction, Retraction.decision_id == Decision.id)
        .outerjoin(Note, Note.id == Decision.note_id)
        .where(_questions(who), _is_told())
    )
    return query, Decision.id


def _appeals(who: str) -> tuple[Select[Any], _Id]:
    names = ("id", "item_id", "round", "against", "appellant", "created_at", "due_at", "late")
    query = (
        select(*_some(Appeal, *names), Note.body.label("statement"))
        .outerjoin(Note, Note.id == Appeal.statement_id)
        .where(Appeal.appellant == who)
    )
    return query, Appeal.id


def _evidence(who: str) -> tuple[Select[Any], _Id]:
    names = (
        *("id", "appeal_id", "kind", "bucket", "key", "version_id", "etag", "sha256", "size"),
        "created_at",
    )
    query = (
        select(*_some(AppealEvidence, *names))
        .join(Appeal, Appeal.id == AppealEvidence.appeal_id)
        .where(Appeal.appellant == who)
    )
    return query, AppealEvidence.id


def _known(who: str) -> tuple[Select[Any], _Id]:
    names = ("id", "image_id", "verdict_id", "label", "created_at", "retired_at")
    query = select(*_some(KnownAnswer, *names)).where(KnownAnswer.image_id.in_(_pictures(who)))
    return query, KnownAnswer.id


_FINDS: Mapping[Part, Callable[[str], tuple[Select[Any], _Id]]] = {
    Part.UPLOADS: _uploads,
    Part.PICTURES: _images,
    Part.MEASUREMENTS: _measurements,
    Part.VERDICTS: _verdicts,
    Part.TRIAL_VERDICTS: _trial_verdicts,
    Part.QUESTIONS: _items,
    Part.DECISIONS: _decisions,
    Part.STATEMENTS: _images,
    Part.APPEALS: _appeals,
    Part.EVIDENCE: _evidence,
    Part.KNOWN_ANSWERS: _known,
}
