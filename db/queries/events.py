"""Events: taking them in, marking them queued, and saying where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    LargeBinary,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

from db.base import UtcDateTime, db_now
from db.models import (
    TERMINAL,
    Decision,
    Event,
    EventKind,
    EventState,
    HumanLabel,
    ItemKind,
    ItemState,
    ReviewItem,
    Verdict,
    VerdictOrigin,
    WorkQueue,
)
from db.queries._arrays import as_arrays, given_rows
from db.queries.eligibility import stands

_EVENTS = Event.metadata.tables["events"]
_INSERTED: dict[str, TypeEngine[Any]] = {
    "id": Uuid(),
    "identity": LargeBinary(),
    "system": Text(),
    "kind": Text(),
    "bucket": Text(),
    "key": Text(),
    "version_id": Text(),
    "etag": Text(),
    "size": BigInteger(),
    "sequencer": Text(),
    "sequencer_rank": Text(),
    "occurred_at": UtcDateTime(),
    "uploader": Text(),
    "domain": Text(),
    "queue": Text(),
    "state": Text(),
    "reason": Text(),
    "detail": Text(),
    "trace": Text(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event as it arrives. Texts hold no NUL, which PostgreSQL can't store."""

    id: UUID
    identity: bytes
    """32 bytes; the same for two deliveries of the same event."""
    system: str
    kind: EventKind
    bucket: str | None = None
    """At most 255 bytes of UTF-8."""
    key: str | None = None
    """At most 1,024 bytes of UTF-8."""
    version_id: str | None = None
    """At most 1,024 bytes of UTF-8."""
    etag: str | None = None
    size: int | None = None
    sequencer: str | None = None
    sequencer_rank: str | None = None
    """64 characters of upper-case hexadecimal; None where the order can't be told."""
    occurred_at: datetime | None = None
    uploader: str | None = None
    domain: str | None = None
    queue: WorkQueue = WorkQueue.SCAN
    state: EventState = EventState.RECEIVED
    """RECEIVED for what asks for a scan; NOTED or REFUSED (with a reason) for what does not."""
    reason: str | None = None
    detail: str | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserted:
    """The row that an event has, new or from an earlier delivery."""

    id: UUID
    inserted: bool
    """True where this call made the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an event stands, and what came of it."""

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
    verdict_id: UUID | None
    review_state: ItemState | None
    """Where the review item stands that the verdict or the refusal opened; still claimed, as long as its
    decision can be taken back."""
    decision: HumanLabel | None
    """What was decided on it, where the outside may know."""


def insert_events(session: Session, events: Sequence[NewEvent]) -> list[Inserted]:
    """Insert events; an identity that is already known keeps the row it has.

    One round trip for a batch of new events, a second where some were known. The same identity twice in
    a batch is one row, inserted at its first place.

    Returns:
        One entry for each event, in input order.
    """
    distinct = {event.identity: event for event in reversed(events)}
    if not distinct:
        return []
    created = _insert(session, list(distinct.values()))
    known = _ids_of(session, distinct.keys() - created.keys())
    seen: set[bytes] = set()
    answer = []
    for event in events:
        new = event.identity in created and event.identity not in seen
        seen.add(event.identity)
        row_id = created[event.identity] if event.identity in created else known[event.identity]
        answer.append(Inserted(id=row_id, inserted=new))
    return answer


def mark_queued(session: Session, ids: Iterable[UUID]) -> None:
    """Note that a message was published for each; call it after publishing.

    Leaves alone what has moved on meanwhile: claimed, finished, put off to a later time, or locked by
    someone who is about to change it (what is then left unmarked costs a second message, not the event).
    """
    published = (
        select(Event.id)
        .where(
            Event.id == any_(bindparam(None, list(ids), type_=ARRAY(Uuid()))),
            Event.state.in_((EventState.RECEIVED, EventState.QUEUED)),
            Event.not_before <= db_now(),
        )
        .with_for_update(skip_locked=True)
        .cte("published")
    )
    session.execute(
        update(Event)
        .where(Event.id.in_(select(published.c.id)))
        .values(state=EventState.QUEUED, queued_at=db_now())
        .execution_options(synchronize_session=False)
    )


def standing(session: Session, event_id: UUID) -> Standing | None:
    """Where one event stands; None where there is none of that id."""
    row = session.execute(_standing_of_one(), {"event": event_id}).one_or_none()
    return None if row is None else Standing(**row._mapping)


def history(session: Session, bucket: str, key: str, *, limit: int = 100) -> list[Standing]:
    """Where the events of one object stand, newest arrival first."""
    query = (
        _standing_query()
        .where(Event.bucket == bucket, Event.key == key)
        .order_by(Event.received_at.desc(), Event.id.desc())
        .limit(limit)
    )
    return [Standing(**row._mapping) for row in session.execute(query)]


def _insert(session: Session, events: Sequence[NewEvent]) -> dict[bytes, UUID]:
    rows = session.execute(_inserting(), as_arrays(events, _INSERTED))
    return {row.identity: row.id for row in rows}


@cache
def _inserting() -> ReturningInsert[bytes, UUID]:
    """Insert in the order of identities, so that two batches that share some can't deadlock."""
    given = given_rows(_INSERTED)
    terminal = given.c.state.in_([state.value for state in TERMINAL])
    rows = select(*given.c, case((terminal, db_now()))).order_by(given.c.identity)
    return (
        insert(_EVENTS)
        .from_select([*_INSERTED, "finished_at"], rows)
        .on_conflict_do_nothing(index_elements=[_EVENTS.c.identity])
        .returning(_EVENTS.c.identity, _EVENTS.c.id)
    )


def _ids_of(session: Session, identities: Iterable[bytes]) -> dict[bytes, UUID]:
    wanted = list(identities)
    if not wanted:
        return {}
    rows = session.execute(select(Event.identity, Event.id).where(Event.identity.in_(wanted)))
    return {row.identity: row.id for row in rows}


@cache
def _standing_of_one() -> Select[Any]:
    """Built once: a moderator's every claim runs it."""
    return _standing_query().where(Event.id == bindparam("event", type_=Uuid()))


@cache
def _standing_query() -> Select[Any]:
    """An event with the verdict that answers it: its own, else the first scan of the same image."""
    verdict = (
        select(Verdict.id)
        .where(Verdict.image_id == Event.image_id)
        .order_by(
            (Verdict.event_id.is_not_distinct_from(Event.id)).desc(),
            (Verdict.origin == VerdictOrigin.SCAN).desc(),
            Verdict.created_at,
        )
        .limit(1)
        .lateral("verdict")
    )
    refused = and_(ReviewItem.event_id == Event.id, ReviewItem.kind == ItemKind.REFUSAL)
    untold = and_(
        ReviewItem.state == ItemState.DECIDED,
        exists().where(Decision.item_id == ReviewItem.id, stands(), Decision.told_from > db_now()),
    )
    item = (
        select(ReviewItem.id, case((untold, ItemState.CLAIMED.value), else_=ReviewItem.state).label("state"))
        .where(or_(ReviewItem.verdict_id == verdict.c.id, refused), ReviewItem.known_answer_id.is_(None))
        .order_by(ReviewItem.created_at.desc())
        .limit(1)
        .lateral("item")
    )
    decision = (
        select(Decision.label)
        .where(
            Decision.item_id == item.c.id,
            Decision.settles,
            stands(),
            func.coalesce(Decision.told_from <= db_now(), true()),
        )
        .order_by(Decision.lease_number.desc())
        .limit(1)
        .lateral("decision")
    )
    own = (
        "id",
        "kind",
        "state",
        "reason",
        "detail",
        "bucket",
        "key",
        "version_id",
        "attempts",
        "received_at",
    )
    always = (getattr(Event, name) for name in (*own, "finished_at", "image_id"))
    return (
        select(
            *always,
            verdict.c.id.label("verdict_id"),
            item.c.state.label("review_state"),
            decision.c.label.label("decision"),
        )
        .select_from(Event)
        .outerjoin(verdict, onclause=true())
        .outerjoin(item, onclause=true())
        .outerjoin(decision, onclause=true())
    )
