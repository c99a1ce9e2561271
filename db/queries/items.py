"""Review items as they are looked at: one, or a page in the order of the queue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import (
    Appeal,
    Decision,
    Event,
    HumanLabel,
    Image,
    ItemKind,
    ItemState,
    Resemblance,
    ReviewItem,
    Stage,
    Verdict,
    VerdictLabel,
)
from db.queries.eligibility import WAITING, asked_at, own_matter, stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item with what a person needs to see first."""

    id: UUID
    kind: ItemKind
    state: ItemState
    stage: Stage
    """Whose opinion it waits for. Who gives a second one must not be told."""
    round: int
    known_answer_id: UUID | None
    """Set where the answer is known. Who is asked must not be told."""
    priority: float | None
    """None where it is hidden from who looks."""
    queue: str
    language: str | None
    due_at: datetime | None
    """When the service level of its queue is missed; None before a policy has placed it."""
    reach: int
    reports: int
    reason: str | None
    created_at: datetime
    age_seconds: float
    """Since its present round began, by PostgreSQL's clock."""
    claimed_by: str | None
    lease_number: int
    lease_until: datetime | None
    lease_runs: bool
    """True while a claim holds and its lease has not run out, by PostgreSQL's clock."""
    available_at: datetime | None
    assigned_to: str | None
    assigned_until: datetime | None
    held_back: bool
    """It is offered to nobody yet, by PostgreSQL's clock."""
    assigned: bool
    """It is kept for ``assigned_to`` alone, by PostgreSQL's clock."""
    closed_at: datetime | None
    image_id: UUID | None
    event_id: UUID | None
    verdict_id: UUID | None
    bucket: str | None
    key: str | None
    version_id: str | None
    etag: str | None
    width: int | None
    height: int | None
    label: VerdictLabel | None
    probability: float | None
    bundle_id: str | None
    decision: HumanLabel | None
    """The one that settled it; None while it waits, whatever was said before."""
    cites: UUID | None
    """The decision on a near-duplicate that this decision repeats."""
    automatic: bool
    """No person made the decision."""
    near_id: UUID | None
    """A decision on a near-duplicate that a person should know of."""
    appealed: bool
    """Someone asks for another look, and it waits for it."""
    appeal_late: bool
    """Of them, one has waited past the deadline."""
    scores_hidden: bool = False
    """What the detector said was taken out for who looks: they have given no first opinion yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Where the page before ended: the last item's ``priority``, ``created_at`` and ``id``."""

    priority: float
    created_at: datetime
    id: UUID


def get(session: Session, item_id: UUID) -> Item | None:
    """One item; None where there is none of that id."""
    row = session.execute(_one(), {"item": item_id}).one_or_none()
    return None if row is None else Item(**row._mapping)


def is_own_matter(session: Session, item_id: UUID, moderator: str) -> bool:
    """The moderator decided, uploaded or appealed this item."""
    query = select(ReviewItem.id).where(ReviewItem.id == item_id, own_matter(moderator))
    return session.execute(query).scalar_one_or_none() is not None


def of_image(session: Session, image_id: UUID) -> list[Item]:
    """All items about an image, newest first."""
    query = _items().where(ReviewItem.image_id == image_id)
    rows = session.execute(query.order_by(ReviewItem.created_at.desc(), ReviewItem.id.desc()))
    return [Item(**row._mapping) for row in rows]


def place_of(session: Session, item_id: UUID) -> After | None:
    """Where an item stands in the order of the queue, to go on after it; None where there is none."""
    place = (ReviewItem.priority, ReviewItem.created_at, ReviewItem.id)
    found = session.execute(select(*place).where(ReviewItem.id == item_id)).one_or_none()
    return None if found is None else After(**found._mapping)


def list_items(
    session: Session,
    *,
    states: Collection[ItemState] = (ItemState.OPEN, ItemState.CLAIMED),
    kind: ItemKind | None = None,
    claimed_by: str | None = None,
    queue: str | None = None,
    queues: Collection[str] | None = None,
    language: str | None = None,
    reason: str | None = None,
    placed_by: int | None = None,
    unless_of: str | None = None,
    after: After | None = None,
    limit: int = 50,
) -> list[Item]:
    """A page of items in the order of the queue: priority falling, then age.

    Args:
        session: in a transaction.
        states: only items in these.
        kind: only items of this kind.
        claimed_by: only items that this moderator holds or held last.
        queue: only items of this queue.
        queues: only items of these queues; None for all.
        language: only items in this language.
        reason: only items with this reason code.
        placed_by: of those that wait, only what this policy has placed; None for all.
        unless_of: leave out what is this moderator's own matter and questions whose answer is known, but
            for what they hold.
        after: where the page before ended.
        limit: most items of the page.
    """
    query = _items().where(ReviewItem.state.in_(states)).order_by(*queue_order()).limit(limit)
    if kind is not None:
        query = query.where(ReviewItem.kind == kind)
    if placed_by is not None:
        waits = ReviewItem.state.in_(WAITING)
        query = query.where(or_(~waits, ReviewItem.routed_by == placed_by))
    if queues is not None:
        query = query.where(ReviewItem.queue.in_(queues))
    for column, value in (
        (ReviewItem.claimed_by, claimed_by),
        (ReviewItem.queue, queue),
        (ReviewItem.language, language),
        (ReviewItem.reason, reason),
    ):
        if value is not None:
            query = query.where(column == value)
    if unless_of is not None:
        holds = and_(ReviewItem.state == ItemState.CLAIMED, ReviewItem.claimed_by == unless_of)
        others = and_(~own_matter(unless_of), ReviewItem.known_answer_id.is_(None))
        query = query.where(or_(holds, others))
    if after is not None:
        query = query.where(
            tuple_(-ReviewItem.priority, ReviewItem.created_at, ReviewItem.id)
            > tuple_(-after.priority, after.created_at, after.id)
        )
    return [Item(**row._mapping) for row in session.execute(query)]


def queue_order(of: type[ReviewItem] = ReviewItem) -> tuple[ColumnElement[Any], ...]:
    """The order in which items are handed out."""
    return of.priority.desc(), of.created_at.asc(), of.id.asc()


@cache
def _one() -> Select[Any]:
    """Built once: building it takes longer than PostgreSQL takes to run it."""
    return _items().where(ReviewItem.id == bindparam("item", type_=Uuid()))


def _items() -> Select[Any]:
    own = (
        *("id", "kind", "state", "priority", "reason", "created_at", "claimed_by", "lease_number"),
        *(
            "stage",
            "known_answer_id",
            "round",
            "queue",
            "language",
            "due_at",
            "reach",
            "reports",
            "available_at",
            "assigned_to",
            "assigned_until",
        ),
        *("lease_until", "closed_at", "image_id", "event_id", "verdict_id"),
    )
    runs = and_(ReviewItem.state == ItemState.CLAIMED, ReviewItem.lease_until > db_now())
    settled = _settled()
    appealed = and_(ReviewItem.state.in_(WAITING), func.cardinality(ReviewItem.appealed_by) > 0)
    near = select(Resemblance.decision_id).where(Resemblance.item_id == ReviewItem.id).scalar_subquery()
    either = {
        name: func.coalesce(getattr(Image, name), getattr(Event, name)).label(name)
        for name in ("bucket", "key", "version_id", "etag")
    }
    return (
        select(
            *(getattr(ReviewItem, name) for name in own),
            cast(func.extract("epoch", db_now() - asked_at()), Double).label("age_seconds"),
            runs.label("lease_runs"),
            func.coalesce(ReviewItem.available_at > db_now(), false()).label("held_back"),
            func.coalesce(ReviewItem.assigned_until > db_now(), false()).label("assigned"),
            *either.values(),
            Image.width,
            Image.height,
            Verdict.label,
            Verdict.probability,
            Verdict.bundle_id,
            settled.c.label.label("decision"),
            settled.c.cited_id.label("cites"),
            func.coalesce(settled.c.automatic, false()).label("automatic"),
            near.label("near_id"),
            appealed.label("appealed"),
            case((appealed, _is_late()), else_=false()).label("appeal_late"),
        )
        .select_from(ReviewItem)
        .outerjoin(Image, Image.id == ReviewItem.image_id)
        .outerjoin(Event, Event.id == ReviewItem.event_id)
        .outerjoin(Verdict, Verdict.id == ReviewItem.verdict_id)
        .outerjoin(settled, true())
    )


def _is_late() -> ColumnElement[bool]:
    return exists().where(
        Appeal.item_id == ReviewItem.id, Appeal.round == ReviewItem.round, Appeal.due_at <= db_now()
    )


def _settled() -> FromClause:
    """The decision that stands on a decided item."""
    return (
        select(Decision.label, Decision.cited_id, Decision.automatic)
        .where(
            Decision.item_id == ReviewItem.id,
            Decision.settles,
            stands(),
            ReviewItem.state == ItemState.DECIDED,
        )
        .order_by(Decision.lease_number.desc())
        .limit(1)
        .lateral("settled")
    )
