"""How many opinions a decision needs: a pure rule.

::

    first  ── GENUINE, CANNOT_TELL ─────────────▶ settled
      │
      └────── SYNTHETIC, by policy;
              any, where measured ───▶ second ── agrees ──▶ settled
                                          │
                                          └──── disagrees ──▶ senior ──▶ settled

The decision that stands is always the last opinion of these. An escalated item begins at the senior.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from db.models.review import HumanLabel, Stage
from db.queries.decisions import Opinion
from worker.review.policy import SecondReview


def follows(opinions: Sequence[Opinion], *, second_needed: bool, measured: bool = False) -> Stage | None:
    """The stage that must follow after the last opinion; None where it settles the item.

    Args:
        opinions: all of a round, oldest first; at least one.
        second_needed: this item's SYNTHETIC is not enough alone.
        measured: no first opinion of this item is enough alone.
    """
    last = opinions[-1]
    if last.stage is Stage.SENIOR:
        return None
    if last.stage is Stage.SECOND:
        first = next(each for each in reversed(opinions) if each.stage is Stage.FIRST)
        return None if first.label is last.label else Stage.SENIOR
    accuses = last.label is HumanLabel.SYNTHETIC
    return Stage.SECOND if measured or (accuses and second_needed) else None


def second_needed(item_id: UUID, policy: SecondReview) -> bool:
    """Whether an item's SYNTHETIC needs a second opinion; by its id, so that the answer never changes."""
    if policy.mode != "sampled":
        return policy.mode == "always"
    return drawn(b"second", item_id, policy.share)


def is_measured(item_id: UUID, policy: SecondReview) -> bool:
    """Whether an item has a second opinion whatever the first is; by its id, as above."""
    return drawn(b"measured", item_id, policy.measured_share)


def drawn(purpose: bytes, item_id: UUID, share: float) -> bool:
    """Part of the share, by a hash that other purposes don't share."""
    lot = int.from_bytes(hashlib.sha256(purpose + item_id.bytes).digest()[:8], "big")
    return lot < share * 2**64
