"""One decision for near-duplicates: previewed and made by a person, or by itself where it only clears."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import HumanLabel
from db.queries import clusters, decisions, review
from db.queries.clusters import Found, Nearness
from db.queries.items import Item
from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.review.policy import Cluster

AUTOMATIC = "artgate"
"""Who makes decisions that no person makes."""
_LEASE = 60.0


def preview(session: Session, item_id: UUID, moderator: str, policy: Cluster) -> list[Item]:
    """The waiting items that a decision on this one may cover, nearest first."""
    return clusters.near_items(session, item_id, moderator, nearness(policy), limit=policy.largest)


def take_all(
    session: Session, lead: UUID, also: Sequence[UUID], moderator: str, policy: Cluster
) -> list[Item]:
    """Claim the items that a moderator has previewed and wants covered, all or none.

    Raises:
        Rejected: ``not_near``, naming one that is not near any more or that someone else has.
    """
    near = {item.id for item in preview(session, lead, moderator, policy)}
    taken = []
    for item_id in sorted(set(also)):
        item = review.claim(session, item_id, moderator, lease_seconds=_LEASE) if item_id in near else None
        if item is None:
            raise Rejected(
                Reason.NOT_NEAR,
                f"item {item_id} is not near this one, or someone has it by now: look at the cluster again",
            )
        taken.append(item)
    return taken


def clear_one_batch(session: Session, policy: Cluster, *, undo_seconds: float, limit: int) -> int:
    """Look for near-duplicates of new items, and decide those GENUINE that are near nothing else.

    Returns:
        How many items were looked at.
    """
    if not policy.automatic:
        return 0
    candidates = clusters.unsought(session, nearness(policy), limit=limit)
    for candidate in candidates:
        found = clusters.decided_near(session, candidate, nearness(policy))
        lead = clears(found, policy)
        clusters.note_sought(session, candidate.id, found[0].decision_id if found else None)
        if lead is not None:
            _clear(session, candidate.id, lead.decision_id, undo_seconds)
    return len(candidates)


def clears(found: Sequence[Found], policy: Cluster) -> Found | None:
    """The decision that clears an item near it, by rule; None where a person must be asked.

    All that is near was found genuine, and the nearest was not cited too often: a picture that keeps coming
    back under other names is someone's attempt at something.
    """
    if not found or any(each.label is not HumanLabel.GENUINE for each in found):
        return None
    nearest = found[0]
    return nearest if sum(each.hits for each in found) < policy.most_hits else None


def nearness(policy: Cluster) -> Nearness:
    """What the policy calls near."""
    return Nearness(bits=policy.bits, least_contrast=policy.least_contrast)


def _clear(session: Session, item_id: UUID, cited_id: UUID, undo_seconds: float) -> None:
    item = review.claim(session, item_id, AUTOMATIC, lease_seconds=_LEASE)
    if item is None:
        return
    decisions.decide(
        session,
        item_id,
        AUTOMATIC,
        item.lease_number,
        label=HumanLabel.GENUINE,
        note=None,
        settle=lambda _: None,
        cited_id=cited_id,
        automatic=True,
        undo_seconds=undo_seconds,
        new_id=new_id,
    )
