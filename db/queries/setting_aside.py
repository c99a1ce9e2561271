"""What a claim's holder does besides deciding: skip the item, hold it, hand it over, leave it to a senior.

Each ends the claim as its number allows, appends an act, and is None where the claim does not hold it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, insert, update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Act, ActKind, ItemState, ReviewItem, Stage
from db.queries import notes
from db.queries._ids import NewId
from db.queries.review import held_by


def skip(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, why: str, new_id: NewId
) -> UUID | None:
    """Put the item back for the others; the moderator gets it again when there is nothing else.

    Returns:
        The act's id.
    """
    if not _put_back(session, item_id, moderator, lease_number):
        return None
    return _append(session, item_id, moderator, lease_number, ActKind.SKIP, why=why, new_id=new_id)


def hold(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    until: datetime,
    kept_seconds: float,
    why: str,
    new_id: NewId,
) -> UUID | None:
    """Offer the item to nobody until a moment, and for ``kept_seconds`` after it to the moderator alone.

    Returns:
        The act's id.
    """
    if not _put_back(
        session,
        item_id,
        moderator,
        lease_number,
        available_at=until,
        assigned_to=moderator,
        assigned_until=until + timedelta(seconds=kept_seconds),
    ):
        return None
    return _append(
        session, item_id, moderator, lease_number, ActKind.HOLD, until=until, why=why, new_id=new_id
    )


def hand_over(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    recipient: str,
    kept_seconds: float,
    why: str | None,
    new_id: NewId,
) -> UUID | None:
    """Keep the item for another reviewer for ``kept_seconds``; after that it is free for anyone.

    Returns:
        The act's id.
    """
    if not _put_back(
        session,
        item_id,
        moderator,
        lease_number,
        assigned_to=recipient,
        assigned_until=db_after(kept_seconds),
    ):
        return None
    return _append(
        session,
        item_id,
        moderator,
        lease_number,
        ActKind.HAND_OVER,
        recipient=recipient,
        why=why,
        new_id=new_id,
    )


def escalate(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, why: str, new_id: NewId
) -> UUID | None:
    """Leave the item to a senior. Returns the act's id."""
    if not _put_back(session, item_id, moderator, lease_number, stage=Stage.SENIOR):
        return None
    return _append(session, item_id, moderator, lease_number, ActKind.ESCALATE, why=why, new_id=new_id)


def _put_back(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    **values: datetime | str | ColumnElement[datetime],
) -> bool:
    changed = session.execute(
        update(ReviewItem)
        .where(held_by(item_id, moderator, lease_number))
        .values(state=ItemState.OPEN, claimed_by=None, lease_until=None, **values)
        .returning(ReviewItem.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


def _append(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    kind: ActKind,
    *,
    why: str | None,
    new_id: NewId,
    until: datetime | None = None,
    recipient: str | None = None,
) -> UUID:
    act_id = new_id()
    session.execute(
        insert(Act).values(
            id=act_id,
            item_id=item_id,
            reviewer=moderator,
            kind=kind,
            lease_number=lease_number,
            recipient=recipient,
            until=until,
            note_id=notes.write(session, why, new_id),
        )
    )
    return act_id
