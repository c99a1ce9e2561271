"""What became of an uploader's other pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.models import Decision, Event, EventState, HumanLabel, Image, ItemState, ReviewItem
from db.queries.eligibility import WAITING, is_the_decision

MOST = 500
"""The newest pictures, and the newest refusals, that are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Counts over the newest pictures of one uploader."""

    pictures: int
    """That were judged; at most `MOST`."""
    decided: dict[HumanLabel, int] = field(default_factory=dict)
    """Pictures on which a decision of people stands, by its label."""
    waiting: int
    """That wait for a person."""
    refused: int
    """Files that could not be judged; at most `MOST`."""


def history(session: Session, uploader: str, *, without: UUID | None) -> History:
    """What became of them.

    Args:
        session: in a transaction.
        uploader: as the platform calls them.
        without: an image that is not counted.
    """
    pictures = select(Image.id).where(Image.uploader == uploader).order_by(Image.id.desc()).limit(MOST)
    if without is not None:
        pictures = pictures.where(Image.id != without)
    refusals = (
        select(Event.id)
        .where(Event.uploader == uploader, Event.state == EventState.REFUSED)
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    return History(
        pictures=_count(session, pictures),
        decided=_decided(session, pictures),
        waiting=_count(session, _items(pictures).where(ReviewItem.state.in_(WAITING)).distinct()),
        refused=_count(session, refusals),
    )


def _items(pictures: Select[Any]) -> Select[Any]:
    """Their items that ask in earnest."""
    newest = pictures.subquery()
    return (
        select(ReviewItem.image_id)
        .join(newest, newest.c.id == ReviewItem.image_id)
        .where(ReviewItem.known_answer_id.is_(None))
    )


def _decided(session: Session, pictures: Select[Any]) -> dict[HumanLabel, int]:
    query = (
        _items(pictures)
        .with_only_columns(Decision.label, func.count(ReviewItem.image_id.distinct()))
        .join(Decision, Decision.item_id == ReviewItem.id)
        .where(ReviewItem.state == ItemState.DECIDED, is_the_decision())
        .group_by(Decision.label)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _count(session: Session, rows: Select[Any]) -> int:
    return session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
