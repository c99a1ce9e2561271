"""Empties the rows of pictures: what they show, whose they are and what people wrote of them.

Counts and the audit log stay valid: rows that others point at are emptied and not deleted, and nothing here
touches a table that is only appended to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import (
    Act,
    Appeal,
    AppealEvidence,
    Decision,
    Event,
    Features,
    Image,
    ItemKind,
    ItemState,
    KeptAnswer,
    KnownAnswer,
    Message,
    MessageState,
    Note,
    Precedent,
    ReviewItem,
    Verdict,
    WebhookDelivery,
)
from db.queries.eligibility import WAITING
from db.queries.erasures import ERASED, Subject, events_of, names_appellant
from db.queries.outbox import subject_of

_NO_HASH = bytes(32)


def forget_pictures(session: Session, ids: Sequence[UUID]) -> Counter[str]:
    """Empty pictures and all that hangs on them. How many rows of each kind it came to."""
    about = ReviewItem.image_id.in_(ids)
    decided = select(Decision.id).where(Decision.image_id.in_(ids))
    gone = delete(Precedent).where(Precedent.decision_id.in_(decided)).returning(Precedent.decision_id)
    counts = _forget_messages(session, ids, Event.image_id.in_(ids))
    counts += _forget_items(session, about)
    counts["precedents"] = _count(session, gone)
    counts["features"] = _forget_features(session, ids)
    counts["events"] = _count(session, _nameless_events(Event.image_id.in_(ids)))
    retired = update(KnownAnswer).where(KnownAnswer.image_id.in_(ids), KnownAnswer.retired_at.is_(None))
    session.execute(retired.values(retired_at=db_now()), execution_options={"synchronize_session": False})
    counts["images"] = _count(session, _nameless_images(ids))
    return counts


def forget_rest(session: Session, subject: Subject, *, limit: int) -> Counter[str]:
    """Empty events of the subject that came to no picture; after the last, what its uploader appealed."""
    query = select(Event.id).where(events_of(subject)).limit(limit).with_for_update()
    ids = list(session.scalars(query))
    counts: Counter[str] = Counter()
    if ids:
        counts += _forget_messages(session, [], Event.id.in_(ids))
        refused = and_(ReviewItem.event_id.in_(ids), ReviewItem.kind == ItemKind.REFUSAL)
        counts += _forget_items(session, refused)
        counts["events"] = _count(session, _nameless_events(Event.id.in_(ids)))
    elif subject.uploader is not None:
        counts += _forget_appellant(session, subject.uploader)
    return counts


def _forget_messages(session: Session, images: Collection[UUID], events: ColumnElement[bool]) -> Counter[str]:
    """What waits is told to nobody; what was told keeps its place and tells nothing more."""
    told = session.execute(select(Event.id, Event.bucket, Event.key).where(events)).all()
    shown = session.execute(select(Image.bucket, Image.key).where(Image.id.in_(images))).all()
    verdicts = session.scalars(select(Verdict.id).where(Verdict.image_id.in_(images))).all()
    subjects = {subject_of(row.bucket, row.key) for row in (*told, *shown) if row.bucket and row.key}
    about = Message.subject.in_(subjects) & or_(
        Message.payload["event_id"].astext.in_([str(row.id) for row in told]),
        Message.payload["verdict_id"].astext.in_(list(map(str, verdicts))),
    )
    waits = delete(Message).where(about, Message.state == MessageState.PENDING).returning(Message.id)
    gone = _count(session, waits)
    owed = WebhookDelivery.message_id.in_(select(Message.id).where(about))
    unsent = delete(WebhookDelivery).where(owed, WebhookDelivery.state != MessageState.DELIVERED)
    session.execute(unsent, execution_options={"synchronize_session": False})
    nothing = func.jsonb_build_object(ERASED, literal(value=True))
    emptied = update(Message).where(about).values(payload=nothing, subject=ERASED, last_error=None)
    return Counter(messages=gone + _count(session, emptied.returning(Message.id)))


def _forget_items(session: Session, which: ColumnElement[bool]) -> Counter[str]:
    """Questions that wait are withdrawn; texts, evidence and who appealed are forgotten."""
    ids = select(ReviewItem.id).where(which)
    written = or_(
        Note.id.in_(select(Decision.note_id).where(Decision.item_id.in_(ids))),
        Note.id.in_(select(Act.note_id).where(Act.item_id.in_(ids))),
    )
    counts = Counter(notes=_count(session, _emptied_notes(written)))
    counts += _forget_appeals(session, Appeal.item_id.in_(ids))
    closed = {"state": ItemState.WITHDRAWN, "lease_until": None, "closed_at": db_now()}
    waiting = update(ReviewItem).where(which, ReviewItem.state.in_(WAITING)).values(**closed)
    session.execute(waiting, execution_options={"synchronize_session": False})
    emptied = update(ReviewItem).where(which).values(appealed_by=[], language=None)
    counts["items"] = _count(session, emptied.returning(ReviewItem.id))
    return counts


def _forget_appeals(session: Session, which: ColumnElement[bool]) -> Counter[str]:
    ids = list(session.scalars(select(Appeal.id).where(which)))
    texts = Note.id.in_(select(Appeal.statement_id).where(Appeal.id.in_(ids)))
    shown = delete(AppealEvidence).where(AppealEvidence.appeal_id.in_(ids)).returning(AppealEvidence.id)
    _forget_answers(session, ids)
    nameless = update(Appeal).where(Appeal.id.in_(ids), Appeal.appellant.is_not(None)).values(appellant=None)
    return Counter(
        notes=_count(session, _emptied_notes(texts)),
        evidence=_count(session, shown),
        appeals=_count(session, nameless.returning(Appeal.id)),
    )


def _forget_answers(session: Session, appeals: Sequence[UUID]) -> None:
    """What is kept for a second try of filing them says no more who appealed and what was shown."""
    about = KeptAnswer.body["id"].astext.in_(list(map(str, appeals)))
    nothing = func.jsonb_build_object("appellant", None, "evidence", func.jsonb_build_array())
    emptied = update(KeptAnswer).where(about).values(body=KeptAnswer.body.op("||")(nothing))
    session.execute(emptied, execution_options={"synchronize_session": False})


def _forget_appellant(session: Session, who: str) -> Counter[str]:
    """What a person appealed of pictures that are not theirs."""
    unnamed = func.array_remove(ReviewItem.appealed_by, who)
    named = update(ReviewItem).where(names_appellant(who)).values(appealed_by=unnamed)
    session.execute(named, execution_options={"synchronize_session": False})
    return _forget_appeals(session, Appeal.appellant == who)


def _forget_features(session: Session, ids: Sequence[UUID]) -> int:
    judged = update(Verdict).where(Verdict.image_id.in_(ids)).values(features_id=None)
    session.execute(judged, execution_options={"synchronize_session": False})
    return _count(session, delete(Features).where(Features.image_id.in_(ids)).returning(Features.id))


def _emptied_notes(which: ColumnElement[bool]) -> Any:
    texts = update(Note).where(which, Note.body.is_not(None))
    return texts.values(salt=None, body=None).returning(Note.id)


def _nameless_events(which: ColumnElement[bool]) -> Any:
    nothing = dict.fromkeys(("uploader", "version_id", "etag", "sequencer", "detail"))
    name = func.concat(f"{ERASED}/", Event.id)
    return update(Event).where(which).values(**nothing, key=name).returning(Event.id)


def _nameless_images(ids: Sequence[UUID]) -> Any:
    nothing = dict.fromkeys(("uploader", "version_id", "etag", "perceptual_hash", "hash_contrast"))
    named = {
        "key": func.concat(f"{ERASED}/", Image.id),
        "object_version": ERASED,
        "sha256": _NO_HASH,
        "removed_at": func.coalesce(Image.removed_at, db_now()),
        "erased_at": db_now(),
    }
    return update(Image).where(Image.id.in_(ids)).values(**nothing, **named).returning(Image.id)


def _count(session: Session, statement: Any) -> int:
    """How many rows a statement that returns their ids has changed."""
    return len(session.scalars(statement, execution_options={"synchronize_session": False}).all())
