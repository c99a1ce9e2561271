"""Who may have which item, in SQL, so that no code above can forget it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from db.base import db_now
from db.models import (
    Act,
    ActKind,
    Decision,
    Event,
    FirstOpinion,
    Image,
    ItemState,
    Retraction,
    Reviewer,
    ReviewItem,
    Stage,
)
from db.queries.reviewers import Name, languages_of, own_names

WAITING = (ItemState.OPEN, ItemState.CLAIMED)


def free_for(moderator: Name) -> ColumnElement[bool]:
    """Nobody holds it, nothing keeps it back from the moderator, and it is no matter of their own.

    What waits for a senior is for seniors.
    """
    return and_(
        is_ready(),
        or_(
            ReviewItem.assigned_to.is_(None),
            ReviewItem.assigned_to == moderator,
            ReviewItem.assigned_until <= db_now(),
        ),
        ~own_matter(moderator),
        has_standing(moderator),
    )


def is_ready() -> ColumnElement[bool]:
    """Nobody holds it, and neither a hold nor an undo that runs keeps it back."""
    lapsed = and_(ReviewItem.state == ItemState.CLAIMED, ReviewItem.lease_until <= db_now())
    return and_(
        # Said once more for the planner: the partial index of the queue covers just these.
        ReviewItem.state.in_(WAITING),
        or_(ReviewItem.state == ItemState.OPEN, lapsed),
        or_(ReviewItem.available_at.is_(None), ReviewItem.available_at <= db_now()),
    )


def own_matter(moderator: Name) -> ColumnElement[bool]:
    """They decided it, or one of their names uploaded or appealed it.

    Where a round was before this one, whoever had to do with that may not have this one, whatever they did. A
    question whose answer is known is theirs where they have decided its picture in any item.
    """
    decided = _found(Decision.item_id == ReviewItem.id, Decision.moderator == moderator, stands())
    earlier = aliased(Decision)
    answered = and_(
        ReviewItem.known_answer_id.is_not(None),
        _found(earlier.image_id == ReviewItem.image_id, earlier.moderator == moderator),
    )
    return or_(decided, answered, _dealt_with(moderator), personal_matter(moderator))


def _dealt_with(moderator: Name) -> ColumnElement[bool]:
    """In an earlier round they decided, if only to take it back, gave an opinion, or did more than skip."""
    decided = _found(
        Decision.item_id == ReviewItem.id,
        Decision.round < ReviewItem.round,
        Decision.moderator == moderator,
    )
    opined = _found(
        FirstOpinion.item_id == ReviewItem.id,
        FirstOpinion.round < ReviewItem.round,
        FirstOpinion.reviewer == moderator,
    )
    acted = _found(
        Act.item_id == ReviewItem.id,
        Act.created_at < ReviewItem.reopened_at,
        Act.reviewer == moderator,
        Act.kind != ActKind.SKIP,
    )
    return and_(ReviewItem.round > 1, or_(decided, opined, acted))


def personal_matter(moderator: Name) -> ColumnElement[bool]:
    """One of their names uploaded or appealed it."""
    names = own_names(moderator)
    picture, upload = aliased(Image), aliased(Event)
    uploaded = or_(
        _found(picture.id == ReviewItem.image_id, picture.uploader == any_(names)),
        _found(upload.id == ReviewItem.event_id, upload.uploader == any_(names)),
    )
    return or_(uploaded, ReviewItem.appealed_by.overlap(names))


def asked_at() -> ColumnElement[datetime]:
    """Since when an item of a query asks its question: since its present round began."""
    return func.coalesce(ReviewItem.reopened_at, ReviewItem.created_at)


def stands() -> ColumnElement[bool]:
    """For the ``Decision`` of a query: it was not taken back."""
    return ~exists().where(Retraction.decision_id == Decision.id)


def is_the_decision() -> ColumnElement[bool]:
    """For the ``Decision`` of a query: the one that its item came to.

    It settles the item, stands, can no longer be taken back, and none came after it.
    """
    later = aliased(Decision)
    return and_(
        Decision.settles,
        stands(),
        func.coalesce(Decision.told_from, Decision.created_at) <= db_now(),
        ~exists().where(
            later.item_id == Decision.item_id, later.settles, later.lease_number > Decision.lease_number
        ),
    )


def has_standing(moderator: Name) -> ColumnElement[bool]:
    """What only a senior may have, they may have."""
    senior = exists().where(Reviewer.name == moderator, Reviewer.senior)
    return or_(ReviewItem.stage != Stage.SENIOR, senior)


def within_reach(moderator: Name, queues: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """Its queue is one of ``queues`` (None: any), and they read its language.

    An item without a language, and a reviewer without stated ones, keep nobody out.
    """
    languages = languages_of(moderator)
    reads = or_(
        ReviewItem.language.is_(None),
        func.cardinality(languages) == 0,
        ReviewItem.language == any_(languages),
    )
    if queues is None:
        return reads
    return and_(ReviewItem.queue == any_(queues), reads)


def assigned_to(moderator: Name) -> ColumnElement[bool]:
    """It was handed to them, or they held it, and it is still kept for them."""
    return and_(ReviewItem.assigned_to == moderator, ReviewItem.assigned_until > db_now())


def skipped_by(moderator: Name) -> ColumnElement[bool]:
    """They have passed it over."""
    return _found(Act.item_id == ReviewItem.id, Act.reviewer == moderator, Act.kind == ActKind.SKIP)


def _found(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """There is such a row for the item, looked up by the item's ids.

    With EXISTS the planner may first gather all rows that the moderator has ever had to do with.
    """
    first = select(true()).where(*conditions).limit(1).correlate(ReviewItem).scalar_subquery()
    return func.coalesce(first, false())
