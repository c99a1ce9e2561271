"""The desk that moderators work at: what the review API and ``artgate queue`` do, in one transaction.

The queries decide under PostgreSQL's locks whether a step may be taken. Where one may not, the row is read
once more and the rules say why.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import ItemKind
from db.queries import events, items, review, reviewers, verdicts
from db.queries.images import StoredImage
from db.queries.items import Item
from db.queries.verdicts import StoredVerdict
from detector.reasons import Reason, Rejected
from worker.review import rules
from worker.review.placing import place_new, policy_in_force
from worker.review.questions import ask
from worker.review.routing import Numbered
from worker.review.rules import Event as Step

_SENTENCES = {
    Reason.LEASE_LOST: "this lease number is outdated: the item was released, or someone else has it",
    Reason.ALREADY_CLAIMED: "this item is claimed and its lease runs; claim another one",
    Reason.ALREADY_DECIDED: "this item has its decision, and decisions are never changed",
    Reason.WITHDRAWN: "this item needs no decision any more",
    Reason.CONFLICT_OF_INTEREST: "you dealt with this item, uploaded or appealed it: leave it to a colleague",
    Reason.UNDO_OVER: "this decision can't be taken back any more: it is told, or someone else has the item",
    Reason.RESERVED: "this item is on hold or was handed to someone else; claim another one",
    Reason.NOT_QUALIFIED: "this item's queue or language needs a skill that you are not registered with",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An item with the evidence that a decision is made on."""

    item: Item
    image: StoredImage | None
    """None where the file could not be decoded, so that nothing but its event is known."""
    verdict: StoredVerdict | None
    """None for a refusal."""
    event: events.Standing | None
    """What became of the upload that the item came from, with its public sentence."""


def look(session: Session, item_id: UUID, *, unless_of: str | None = None) -> Case:
    """One item and its evidence.

    Args:
        session: in a transaction.
        item_id: the item's.
        unless_of: a moderator who must not see it where it is their own matter; None for an operator.

    Raises:
        Rejected: ``not_found``, ``conflict_of_interest``.
    """
    item = known(session, item_id)
    if (
        unless_of is not None
        and item.claimed_by != unless_of
        and items.is_own_matter(session, item_id, unless_of)
    ):
        raise rejected(Reason.CONFLICT_OF_INTEREST)
    return case_of(session, item)


def case_of(session: Session, item: Item) -> Case:
    """The evidence of an item that was just read."""
    image, verdict = verdicts.with_image(session, item.image_id, item.verdict_id)
    return Case(
        item=item,
        image=image,
        verdict=verdict,
        event=None if item.event_id is None else events.standing(session, item.event_id),
    )


def claim_next(
    session: Session,
    moderator: str,
    *,
    lease_seconds: float,
    kind: ItemKind | None = None,
    queue: str | None = None,
    dice: Callable[[], float] = random.random,
) -> Item:
    """The most urgent item that nobody holds and that is for ``moderator``, now held by them.

    At the policy's rate it is one whose answer is known; ``dice`` gives numbers from 0 to below 1 for that.

    Raises:
        Rejected: ``queue_empty``, ``not_qualified``.
    """
    policy = policy_in_force(session)
    place_new(session, policy)
    queues = _queues(session, moderator, policy)
    if queue is not None and queue not in queues:
        raise Rejected(Reason.NOT_QUALIFIED, f"there is no queue {queue!r} that you may work on")
    wanted = queues if queue is None else (queue,)
    if kind is not ItemKind.REFUSAL:
        asked = ask(session, moderator, policy, queues=wanted, lease_seconds=lease_seconds, dice=dice)
        if asked is not None:
            return asked
    item = review.claim_next(session, moderator, lease_seconds=lease_seconds, kind=kind, queues=wanted)
    if item is None:
        raise Rejected(Reason.QUEUE_EMPTY, "no item waits for a decision of yours")
    return item


def peek_next(session: Session, moderator: str) -> Item | None:
    """The item that ``claim_next`` would most likely give now; it stays free for everyone."""
    policy = policy_in_force(session)
    place_new(session, policy)
    item_id = review.peek_next(session, moderator, queues=_queues(session, moderator, policy))
    return None if item_id is None else items.get(session, item_id)


def claim(session: Session, item_id: UUID, moderator: str, *, lease_seconds: float) -> Item:
    """The named item, now held by ``moderator``.

    Raises:
        Rejected: ``not_found``, ``already_claimed``, ``already_decided``, ``withdrawn``,
            ``conflict_of_interest``, ``reserved``, ``not_qualified``.
    """
    policy = policy_in_force(session)
    known(session, item_id)
    place_new(session, policy)
    queues = _queues(session, moderator, policy)
    item = review.claim(session, item_id, moderator, lease_seconds=lease_seconds, queues=queues)
    if item is None:
        raise refusal(session, item_id, Step.CLAIM, moderator, None)
    return item


def renew(
    session: Session, item_id: UUID, moderator: str, lease_number: int, *, lease_seconds: float
) -> Item:
    """The item, held for ``lease_seconds`` from now.

    Raises:
        Rejected: ``not_found``, ``lease_lost``, ``already_decided``, ``withdrawn``.
    """
    if review.renew(session, item_id, moderator, lease_number, lease_seconds=lease_seconds) is None:
        raise refusal(session, item_id, Step.RENEW, moderator, lease_number)
    return known(session, item_id)


def release(session: Session, item_id: UUID, moderator: str, lease_number: int) -> Item:
    """The item, open again for anyone.

    Raises:
        Rejected: ``not_found``, ``lease_lost``, ``already_decided``, ``withdrawn``.
    """
    if not review.release(session, item_id, moderator, lease_number):
        raise refusal(session, item_id, Step.RELEASE, moderator, lease_number)
    return known(session, item_id)


def known(session: Session, item_id: UUID) -> Item:
    """The item of that id.

    Raises:
        Rejected: ``not_found``.
    """
    item = items.get(session, item_id)
    if item is None:
        raise Rejected(Reason.NOT_FOUND, f"there is no review item {item_id}")
    return item


def refusal(
    session: Session, item_id: UUID, step: Step, moderator: str, lease_number: int | None
) -> Rejected:
    """Why a step was refused that the queries would not take.

    Raises:
        Rejected: ``not_found``.
    """
    item = known(session, item_id)
    mine = item.claimed_by == moderator and lease_number in {None, item.lease_number}
    answer = rules.follow(rules.standing(item.state, mine=mine, runs=item.lease_runs), step)
    if isinstance(answer, Reason):
        return rejected(answer)
    # Between the query and this look the item may have come free: what was refused was true then.
    if step is not Step.CLAIM:
        return rejected(Reason.LEASE_LOST)
    own = items.is_own_matter(session, item_id, moderator)
    reserved = item.held_back or (item.assigned and item.assigned_to != moderator)
    return rejected(rules.obstacle(own=own, reserved=reserved))


def _queues(session: Session, moderator: str, policy: Numbered) -> tuple[str, ...]:
    if not policy.policy.asks_for_skills:
        return policy.policy.queues_for(())
    return policy.policy.queues_for(reviewers.profile(session, moderator).skills)


def rejected(reason: Reason) -> Rejected:
    """A refusal with the sentence that belongs to its reason."""
    return Rejected(reason, _SENTENCES[reason])
