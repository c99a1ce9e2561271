"""Deciding at the moderators' desk, and taking a decision back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import Ground, HumanLabel, Stage
from db.queries import clusters, decisions, review
from db.queries.decisions import Made, Opinion, Settle
from db.queries.items import Item
from detector.reasons import Reason
from worker.clock import new_id
from worker.review import grounds
from worker.review.blinding import check_opinion
from worker.review.clusters import take_all
from worker.review.desk import known, refusal, rejected
from worker.review.opinions import follows, is_measured, second_needed
from worker.review.placing import place_again, policy_in_force
from worker.review.questions import as_answered
from worker.review.routing import Numbered
from worker.review.rules import Event as Step


def decide(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    label: HumanLabel,
    note: str | None,
    ground: Ground | None = None,
    also: Sequence[UUID] = (),
    undo_seconds: float,
) -> Item:
    """The item, decided, or open for the next opinion that the policy asks for.

    What settles it is written to the outbox in the same transaction and told when ``undo_seconds`` are over.
    ``also`` names near-duplicates that were previewed and get the same decision, each citing this one: all of
    them or none.

    The same decision once more, as after an answer that was lost on the way, is answered like the first.

    Raises:
        Rejected: ``not_found``, ``lease_lost``, ``already_decided``, ``withdrawn``, ``not_near``,
            ``opinion_needed``; ``bad_request`` for a ground of another answer.
    """
    grounds.check(label, ground)
    policy = policy_in_force(session)
    check_opinion(session, item_id, moderator, lease_number, policy.policy)
    says_again = partial(_says_again, session, item_id, moderator, lease_number, label)
    covers = also and not says_again()
    near = take_all(session, item_id, also, moderator, policy.policy.cluster) if covers else []
    record = partial(_record, label=label, ground=ground, policy=policy, undo_seconds=undo_seconds)
    made = record(session, item_id, moderator, lease_number, note=note)
    if made is None and not says_again():
        raise refusal(session, item_id, Step.DECIDE, moderator, lease_number)
    for each in near:
        record(
            session,
            each.id,
            moderator,
            each.lease_number,
            note=None,
            cited_id=None if made is None else made.id,
        )
        _placed(session, each.id, policy)
    item = made.item if made is not None else None
    item = item or _placed(session, item_id, policy)
    if item.known_answer_id is None:
        return item
    second = policy.policy.second_review
    return as_answered(item, label, second, measured=is_measured(item_id, second))


def _record(
    session: Session,
    item_id: UUID,
    moderator: str,
    lease_number: int,
    *,
    label: HumanLabel,
    ground: Ground | None,
    note: str | None,
    policy: Numbered,
    undo_seconds: float,
    cited_id: UUID | None = None,
) -> Made | None:
    """One item's decision; None where the claim does not hold it."""
    return decisions.decide(
        session,
        item_id,
        moderator,
        lease_number,
        label=label,
        ground=ground,
        note=note,
        settle=settling(item_id, policy),
        measured=is_measured(item_id, policy.policy.second_review),
        cited_id=cited_id,
        undo_seconds=undo_seconds,
        new_id=new_id,
    )


def _says_again(
    session: Session, item_id: UUID, moderator: str, lease_number: int, label: HumanLabel
) -> bool:
    """It was decided so before, by the same person under the same lease."""
    return decisions.made(session, item_id, moderator, lease_number) is label


def _placed(session: Session, item_id: UUID, policy: Numbered) -> Item:
    """The item as it is now, where a decision has sent it to the seniors at its place among theirs."""
    item = known(session, item_id)
    if item.stage is not Stage.SENIOR:
        return item
    place_again(session, [item_id], policy)
    return known(session, item_id)


def settling(item_id: UUID, policy: Numbered) -> Settle:
    """The policy's rule for how many opinions this item needs."""
    second = policy.policy.second_review
    needed, measured = second_needed(item_id, second), is_measured(item_id, second)

    def settle(opinions: Sequence[Opinion]) -> Stage | None:
        return follows(opinions, second_needed=needed, measured=measured)

    return settle


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

    Near-duplicates that it covered are open again, all of them or nothing is taken back.

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
    lead = decisions.id_of(session, item_id, moderator, lease_number)
    covered = [] if lead is None else clusters.citing(session, lead)
    for near_id, near_lease in covered:
        _take_back(session, near_id, moderator, near_lease, undo_seconds=undo_seconds)
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


def _take_back(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, undo_seconds: float
) -> None:
    """Open a covered item again."""
    if not decisions.undo(
        session, item_id, moderator, lease_number, undo_seconds=undo_seconds, lease_seconds=undo_seconds
    ):
        raise rejected(Reason.UNDO_OVER)
    review.release(session, item_id, moderator, lease_number + 1)
