"""Mixes items whose answer is known into what moderators claim, so that nothing tells them apart.

A question stands in the place of the item that the moderator would have got: of the same age, with an id of
that moment, in the queue that its picture belongs to. Nobody is asked about a picture that they had before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import HumanLabel, ItemState, Stage
from db.queries import images, known, review
from db.queries.decisions import Opinion
from db.queries.eligibility import free_for
from db.queries.items import Item
from detector.reasons import Reason, Rejected
from worker.clock import new_id, new_id_at
from worker.review.opinions import follows, second_needed
from worker.review.placing import place_again
from worker.review.policy import SecondReview
from worker.review.routing import Numbered


def ask(
    session: Session,
    moderator: str,
    policy: Numbered,
    *,
    queues: Collection[str],
    lease_seconds: float,
    dice: Callable[[], float],
) -> Item | None:
    """At the policy's rate, an item whose answer is known, claimed by ``moderator``.

    Returns:
        None where chance says so, where nothing waits that the question could stand for, and where no known
        answer is new to them and in their queues.
    """
    share = policy.policy.known_answer_share
    if share <= 0 or dice() >= share:
        return None
    opened = known.age_of_next(session, free_for(moderator), queues)
    known_id = None if opened is None else known.unasked(session, moderator)
    if opened is None or known_id is None:
        return None
    with session.begin_nested() as attempt:
        item_id = new_id_at(opened)
        known.open_question(session, item_id, known_id, created_at=opened)
        place_again(session, [item_id], policy)
        item = review.claim(session, item_id, moderator, lease_seconds=lease_seconds, queues=queues)
        if item is None:
            attempt.rollback()
    return item


def as_answered(item: Item, label: HumanLabel, policy: SecondReview, *, measured: bool) -> Item:
    """A decided question as an ordinary item would look after the same answer."""
    opinion = Opinion(label=label, stage=Stage.FIRST)
    needed = second_needed(item.id, policy)
    if follows([opinion], second_needed=needed, measured=measured) is None:
        return item
    return replace(
        item, state=ItemState.OPEN, stage=Stage.SECOND, claimed_by=None, closed_at=None, decision=None
    )


def add(session: Session, image_id: UUID, label: HumanLabel) -> UUID:
    """Note what a picture is, to ask reviewers about it.

    Raises:
        Rejected: ``not_found`` for an unknown picture or one without a verdict, ``bad_request`` while its own
            item waits for a decision.
    """
    if images.get(session, image_id) is None:
        raise Rejected(Reason.NOT_FOUND, f"there is no image {image_id}; `artgate show` names them")
    if known.waits_for_decision(session, image_id):
        raise Rejected(Reason.BAD_REQUEST, "an item about this picture waits: have it decided first")
    made = known.add(session, new_id(), image_id, label)
    if made is None:
        raise Rejected(Reason.NOT_FOUND, "this picture has no verdict to show with the question")
    return made
