"""Deciding at the moderators' desk, and taking a decision back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import HumanLabel, Stage
from db.queries import decisions
from db.queries.decisions import Opinion
from db.queries.items import Item
from detector.reasons import Reason
from worker.clock import new_id
from worker.review.desk import known, refusal, rejected
from worker.review.opinions import follows, is_measured, second_needed
from worker.review.placing import place_again, policy_in_force
from worker.review.questions import as_answered
from worker.review.rules import Event as Step


def decide(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    label: HumanLabel,
    note: str | None,
    undo_seconds: float,
) -> Item:
    """The item, decided, or open for the next opinion that the policy asks for.

    What settles it is written to the outbox in the same transaction and told when ``undo_seconds`` are over.
    The same decision once more, as after an answer that was lost on the way, is answered like the first.

    Raises:
        Rejected: ``not_found``, ``lease_lost``, ``already_decided``, ``withdrawn``.
    """
    policy = policy_in_force(session)
    second = policy.policy.second_review
    needed, measured = second_needed(item_id, second), is_measured(item_id, second)

    def settle(opinions: Sequence[Opinion]) -> Stage | None:
        return follows(opinions, second_needed=needed, measured=measured)

    made = decisions.decide(
        session,
        item_id,
        moderator,
        lease_number,
        label=label,
        note=note,
        settle=settle,
        measured=measured,
        undo_seconds=undo_seconds,
        new_id=new_id,
    )
    item = known(session, item_id)
    if made is None and decisions.made(session, item_id, moderator, lease_number) is not label:
        raise refusal(session, item_id, Step.DECIDE, moderator, lease_number)
    if item.known_answer_id is not None:
        return as_answered(item, label, second, measured=measured)
    if item.stage is Stage.SENIOR:
        place_again(session, [item_id], policy)
    return item


def undo(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    undo_seconds: float,
    lease_seconds: float,
) -> Item:
    """The item, claimed again by who decided it, under a new lease number; the decision was taken back.

    Args:
        session: in a transaction.
        item_id: the item's.
        moderator: who made the decision.
        lease_number: the one that the decision carried.
        undo_seconds: how long a decision may be taken back.
        lease_seconds: how long the new claim holds.

    Raises:
        Rejected: ``not_found``, ``undo_over``.
    """
    known(session, item_id)
    if not decisions.undo(
        session,
        item_id,
        moderator,
        lease_number,
        undo_seconds=undo_seconds,
        lease_seconds=lease_seconds,
    ):
        raise rejected(Reason.UNDO_OVER)
    place_again(session, [item_id], policy_in_force(session))
    return known(session, item_id)
