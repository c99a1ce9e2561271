"""Decisions that lost their ground: they cite one on a near-duplicate that a later round has overturned."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from db.base import db_after
from db.models import Decision, ItemState, Retraction, ReviewItem
from db.queries.eligibility import is_the_decision

_LOOK_BACK = 30 * 86_400.0
"""Seconds after which an overturned decision is looked at no more: a sweeper looks every few seconds."""


def citing_items(session: Session, *, limit: int) -> list[UUID]:
    """Decided items whose decision cites one that was overturned, the outside knowing of that."""
    lead, cite, later = aliased(Decision), aliased(Decision), aliased(Decision)
    query = (
        select(cite.item_id)
        .select_from(Decision)
        .join(lead, (lead.item_id == Decision.item_id) & (lead.round < Decision.round))
        .join(cite, cite.cited_id == lead.id)
        .join(ReviewItem, ReviewItem.id == cite.item_id)
        .where(
            Decision.round > 1,
            Decision.told_from > db_after(-_LOOK_BACK),
            is_the_decision(),
            cite.settles,
            cite.label != Decision.label,
            ReviewItem.state == ItemState.DECIDED,
            ~exists().where(Retraction.decision_id == cite.id),
            ~exists().where(
                later.item_id == cite.item_id, later.settles, later.lease_number > cite.lease_number
            ),
        )
        .distinct()
        .order_by(cite.item_id)
        .limit(limit)
    )
    return list(session.scalars(query))
