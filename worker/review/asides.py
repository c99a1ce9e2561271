"""What a moderator does with a claimed item besides deciding it: skip, hold, hand over, escalate."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import Stage
from db.queries import items, reviewers, setting_aside
from db.queries.items import Item
from detector.reasons import Reason, Rejected
from worker.clock import new_id, utc_now
from worker.review.desk import known, refusal
from worker.review.placing import place_again, policy_in_force
from worker.review.rules import Event as Step

_LONGEST_HOLD = timedelta(days=30)
_HOUR = 3600.0


def skip(session: Session, item_id: UUID, moderator: str, lease_number: int, *, why: str) -> Item:
    """The item, open for the others; ``moderator`` is offered it again when nothing else is left.

    Raises:
        Rejected: ``not_found``, ``lease_lost``, ``already_decided``, ``withdrawn``.
    """
    done = setting_aside.skip(session, item_id, moderator, lease_number, why=why, new_id=new_id)
    return _answer(session, item_id, moderator, lease_number, done)


def hold(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, until: datetime, why: str
) -> Item:
    """The item, offered to nobody until then and after that first to ``moderator``.

    Raises:
        Rejected: ``bad_request`` for a time that is past or over 30 days away; as ``skip``.
    """
    if not timedelta(0) < until - utc_now() <= _LONGEST_HOLD:
        raise Rejected(Reason.BAD_REQUEST, "a hold ends in the future and within 30 days; give another time")
    done = setting_aside.hold(
        session,
        item_id,
        moderator,
        lease_number,
        until=until,
        kept_seconds=_kept_seconds(session),
        why=why,
        new_id=new_id,
    )
    return _answer(session, item_id, moderator, lease_number, done)


def hand_over(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, to: str, why: str | None
) -> Item:
    """The item, kept for the reviewer ``to``; free for anyone when they leave it too long.

    Raises:
        Rejected: ``bad_request`` for oneself, ``not_found`` for a reviewer who is not registered,
            ``conflict_of_interest`` for one who may not see it; as ``skip``.
    """
    if to == moderator:
        raise Rejected(Reason.BAD_REQUEST, "this is you: hand the item over to someone else, or hold it")
    if not reviewers.is_described(session, to):
        raise Rejected(
            Reason.NOT_FOUND, f"there is no reviewer {to!r}; register them with `artgate reviewer set`"
        )
    if items.is_own_matter(session, item_id, to):
        # Not why: a second reviewer is not to learn who was the first.
        raise Rejected(Reason.CONFLICT_OF_INTEREST, "they can't take this item: choose someone else")
    done = setting_aside.hand_over(
        session,
        item_id,
        moderator,
        lease_number,
        recipient=to,
        kept_seconds=_kept_seconds(session),
        why=why,
        new_id=new_id,
    )
    return _answer(session, item_id, moderator, lease_number, done)


def escalate(session: Session, item_id: UUID, moderator: str, lease_number: int, *, why: str) -> Item:
    """The item, left to a senior.

    Raises:
        Rejected: ``bad_request`` where it waits for one already; as ``skip``.
    """
    if known(session, item_id).stage is Stage.SENIOR:
        raise Rejected(Reason.BAD_REQUEST, "this item is with the seniors already: hand it over or hold it")
    done = setting_aside.escalate(session, item_id, moderator, lease_number, why=why, new_id=new_id)
    if done is not None:
        place_again(session, [item_id], policy_in_force(session))
    return _answer(session, item_id, moderator, lease_number, done)


def _kept_seconds(session: Session) -> float:
    return policy_in_force(session).policy.assignment_hours * _HOUR


def _answer(session: Session, item_id: UUID, moderator: str, lease_number: int, done: UUID | None) -> Item:
    if done is None:
        raise refusal(session, item_id, Step.SET_ASIDE, moderator, lease_number)
    return known(session, item_id)
