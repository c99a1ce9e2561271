"""What the detector said, kept from whoever has yet to say what they think, where the queue asks for it.

A queue with ``hide_scores_until_opinion`` hides from everyone who may decide an item: probability, label,
members, veto, error rate, bundle, reason codes, the priority, and what was decided on near-duplicates. Once
they have given a first opinion they see all of it, and may decide otherwise. The order of such a queue is
that of age, reach, reports and appeals (``worker.review.routing``), and lists leave out what it has not
placed yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import HumanLabel, ItemState
from db.queries import first_opinions
from db.queries.items import Item
from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.review.desk import Case, known, refusal
from worker.review.placing import policy_in_force
from worker.review.policy import Policy
from worker.review.rules import Event as Step

_WAITING = frozenset({ItemState.OPEN, ItemState.CLAIMED})


def opine(session: Session, item_id: UUID, moderator: str, lease_number: int, label: HumanLabel) -> Item:
    """The item, with a first opinion of who has claimed it; one that they gave before stays as it was.

    Raises:
        Rejected: ``not_found``, ``lease_lost``, ``already_decided``, ``withdrawn``.
    """
    given = first_opinions.give(session, item_id, moderator, lease_number, label=label, new_id=new_id)
    if not given:
        raise refusal(session, item_id, Step.RENEW, moderator, lease_number)
    return known(session, item_id)


def seen(session: Session, item: Item, moderator: str | None) -> Item:
    """An item as ``moderator`` may see it; None for who decides nothing."""
    return seen_all(session, [item], moderator)[0]


def seen_all(session: Session, found: Sequence[Item], moderator: str | None) -> list[Item]:
    """Items as ``moderator`` may see them, in the same order; None for who decides nothing."""
    if moderator is None:
        return list(found)
    policy = policy_in_force(session).policy
    hidden = [item.id for item in found if hides(item, policy)]
    opined = first_opinions.of(session, hidden, moderator) if hidden else {}
    kept = set(hidden) - opined.keys()
    return [_blinded(item) if item.id in kept else item for item in found]


def listed_by(session: Session, moderator: str | None) -> int | None:
    """The policy that must have placed what ``moderator`` sees in a list; None where any order may be seen.

    An item that no policy, or only an earlier one, has placed may stand where its probability has put it.
    """
    policy = policy_in_force(session)
    return policy.number if moderator is not None and policy.policy.hides_scores else None


def seen_case(session: Session, case: Case, moderator: str | None) -> Case:
    """An item with the evidence that ``moderator`` may see."""
    item = seen(session, case.item, moderator)
    return replace(case, item=item, verdict=None) if item.scores_hidden else case


def check_opinion(session: Session, item_id: UUID, moderator: str, lease_number: int, policy: Policy) -> None:
    """Refuse to decide an item that hides what the detector said before a first opinion was given.

    Raises:
        Rejected: ``opinion_needed``; ``not_found``.
    """
    if not policy.hides_scores:
        return
    item = known(session, item_id)
    holds = item.state is ItemState.CLAIMED and (item.claimed_by, item.lease_number) == (
        moderator,
        lease_number,
    )
    if holds and seen(session, item, moderator).scores_hidden:
        raise Rejected(
            Reason.OPINION_NEEDED,
            "this queue asks what you think before it shows what the detector says: give your first opinion",
        )


def hides(item: Item, policy: Policy) -> bool:
    """Whether the item's queue keeps what the detector said from who has given no first opinion.

    An item that no policy has placed yet may come to such a queue.
    """
    waits = item.state in _WAITING and item.verdict_id is not None
    if item.due_at is None:
        return waits and policy.hides_scores
    return waits and policy.queue(item.queue).hide_scores_until_opinion


def _blinded(item: Item) -> Item:
    return replace(
        item,
        scores_hidden=True,
        priority=None,
        label=None,
        probability=None,
        bundle_id=None,
        reason=None,
        near_id=None,
    )
