"""Decisions: appended, settled by one opinion or several, and taken back as long as nobody was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    Insert,
    Integer,
    Select,
    Uuid,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from db.base import db_after, db_now
from db.models import (
    Decision,
    Ground,
    HumanLabel,
    ItemState,
    Retraction,
    ReviewItem,
    Stage,
)
from db.queries import notes
from db.queries._ids import NewId
from db.queries.eligibility import stands
from db.queries.items import Item
from db.queries.review import held_by
from db.queries.settling import Settled, make_known, unsay


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision that was written."""

    id: UUID
    item: Item | None
    """As it is with it; None where it was not read: another opinion follows, or the answer was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One decision that stands, of the item's present round."""

    label: HumanLabel
    stage: Stage


# Rows are written by way of the tables: the ORM takes an insert or an update apart anew whenever it is run.
_DECISIONS = Decision.metadata.tables["decisions"]
_ITEMS = ReviewItem.metadata.tables["review_items"]

Settle = Callable[[Sequence[Opinion]], Stage | None]
"""Given all opinions of a round, oldest first: the stage that must follow; None where the last settles it."""


def decide(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    label: HumanLabel,
    ground: Ground | None = None,
    note: str | None,
    settle: Settle,
    measured: bool = False,
    cited_id: UUID | None = None,
    automatic: bool = False,
    undo_seconds: float,
    new_id: NewId,
) -> Made | None:
    """Append a decision. Where it settles the item, close it and tell the platform, without any name.

    Where another opinion is needed, the item is open again for someone else. Neither the platform nor the
    next reviewer learns of it before ``undo_seconds`` are over. Where the answer is known, any opinion
    settles the item and the platform is told nothing.

    Returns:
        The decision; None where the claim does not hold: nothing was written.
    """
    held = select(ReviewItem).where(held_by(item_id, moderator, lease_number)).with_for_update()
    item = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if item is None:
        return None
    given = Opinion(label=label, stage=item.stage)
    known = item.known_answer_id is not None
    follows = None if known else settle([*opinions(session, item_id, item.round), given])
    decision_id = new_id()
    values: dict[str, Any] = {
        "label": label,
        "ground": ground,
        "cited_id": cited_id,
        "automatic": automatic,
        "settles": follows is None,
        "told_after": undo_seconds if follows is None else None,
    }
    values["note_id"] = notes.write(session, note, new_id)
    _append(session, item, decision_id, moderator, **values)
    if measured and not known:
        _set(session, item_id, measured=True)
    if follows is not None:
        _open_for(session, item_id, follows, undo_seconds)
    else:
        _set(session, item_id, state=ItemState.DECIDED, lease_until=None, closed_at=db_now())
    if follows is not None or known:
        return Made(id=decision_id, item=None)
    settled = Settled(
        item_id=item_id,
        round=item.round,
        decision_id=decision_id,
        label=label,
        may_answer=item.round > 1 or item.appealed_by != [],
    )
    return Made(id=decision_id, item=make_known(session, settled, wait_seconds=undo_seconds))


def undo(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    undo_seconds: float,
    lease_seconds: float,
) -> bool:
    """Take a decision back and give its item to who made it, under a new lease.

    Returns:
        False where there is no such decision, it was taken back before, ``undo_seconds`` are over, the
        platform is being told, or someone else has the item by now: nothing was written.
    """
    locked = select(ReviewItem).where(ReviewItem.id == item_id).with_for_update()
    item = session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    decision = _revocable(session, item_id, moderator, lease_number, undo_seconds)
    if item is None or decision is None or item.lease_number != lease_number or item.round != decision.round:
        return False
    if item.state not in {ItemState.DECIDED, ItemState.OPEN}:
        return False
    if decision.settles and item.known_answer_id is None and not unsay(session, decision.id):
        return False
    session.execute(insert(Retraction).values(decision_id=decision.id, reviewer=moderator))
    _set(
        session,
        item_id,
        state=ItemState.CLAIMED,
        stage=decision.stage,
        claimed_by=moderator,
        lease_number=lease_number + 1,
        lease_until=db_after(lease_seconds),
        available_at=None,
        closed_at=None,
    )
    return True


def opinions(session: Session, item_id: UUID, round_: int) -> list[Opinion]:
    """The decisions of a round that stand, oldest first."""
    rows = session.execute(_opinions(), {"item": item_id, "of_round": round_})
    return [Opinion(label=label, stage=stage) for label, stage in rows]


def id_of(session: Session, item_id: UUID, moderator: str, lease_number: int) -> UUID | None:
    """The decision that a moderator made under a lease; None where they did not, or took it back."""
    query = select(Decision.id).where(*_of(item_id, moderator, lease_number), stands())
    return session.scalars(query).one_or_none()


def made(session: Session, item_id: UUID, moderator: str, lease_number: int) -> HumanLabel | None:
    """What a moderator decided under a lease; None where they did not, or took it back."""
    query = select(Decision.label).where(*_of(item_id, moderator, lease_number), stands())
    return session.scalars(query).one_or_none()


def reopen(session: Session, item_id: UUID, *, appealed: bool = True) -> bool:
    """Open a decided item for another round. False where it is not decided.

    Its decision stands until the next round has one. Where nobody ``appealed``, the round is noted as such.
    """
    decided = (ReviewItem.id == item_id, ReviewItem.state == ItemState.DECIDED)
    again = func.array_append(ReviewItem.asked_again, ReviewItem.round + 1)
    reopened = session.execute(
        update(ReviewItem)
        .where(*decided)
        .values(
            state=ItemState.OPEN,
            stage=Stage.FIRST,
            round=ReviewItem.round + 1,
            claimed_by=None,
            reopened_at=db_now(),
            asked_again=ReviewItem.asked_again if appealed else again,
            closed_at=None,
        )
        .returning(ReviewItem.id)
        .execution_options(synchronize_session=False)
    )
    return reopened.scalar_one_or_none() is not None


@cache
def _opinions() -> Select[HumanLabel, Stage]:
    """Built once, for every decision asks for them."""
    of_round = Decision.round == bindparam("of_round", type_=Integer())
    return (
        select(Decision.label, Decision.stage)
        .where(Decision.item_id == bindparam("item", type_=Uuid()), of_round, stands())
        .order_by(Decision.lease_number)
    )


def _of(item_id: UUID, moderator: str, lease_number: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Decision.item_id == item_id,
        Decision.moderator == moderator,
        Decision.lease_number == lease_number,
    )


def _revocable(
    session: Session, item_id: UUID, moderator: str, lease_number: int, undo_seconds: float
) -> Decision | None:
    query = select(Decision).where(
        *_of(item_id, moderator, lease_number), stands(), Decision.created_at > db_after(-undo_seconds)
    )
    return session.scalars(query).one_or_none()


def _append(session: Session, item: ReviewItem, decision_id: UUID, moderator: str, **values: Any) -> None:
    own = ("image_id", "stage", "round", "lease_number")
    given = {"id": decision_id, "item_id": item.id, "moderator": moderator}
    session.execute(_appending(), given | {name: getattr(item, name) for name in own} | values)


@cache
def _appending() -> Insert:
    """Built once; the outside may know of the decision ``told_after`` seconds, never where they are null."""
    return insert(_DECISIONS).values(told_from=db_after(bindparam("told_after", type_=Double())))


def _open_for(session: Session, item_id: UUID, stage: Stage, undo_seconds: float) -> None:
    _set(
        session,
        item_id,
        state=ItemState.OPEN,
        stage=stage,
        claimed_by=None,
        lease_until=None,
        available_at=db_after(undo_seconds),
    )


def _set(session: Session, item_id: UUID, **values: Any) -> None:
    session.execute(update(_ITEMS).where(_ITEMS.c.id == item_id).values(**values))
