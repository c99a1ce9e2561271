"""Decisions that lost their ground: they cite one on a near-duplicate that a later round has overturned."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from sqlalchemy import CTE, Integer, Select, bindparam, exists, literal_column, select
from sqlalchemy.orm import Session, aliased

from db.base import db_after
from db.models import Decision, ItemState, Retraction, ReviewItem
from db.queries.eligibility import is_the_decision

_LOOK_BACK = 30 * 86_400.0
"""Seconds after which an overturned decision is looked at no more: a sweeper looks every few seconds."""


def citing_items(session: Session, *, limit: int) -> list[UUID]:
    """Decided items whose decision cites one that was overturned, the outside knowing of that."""
    return list(session.scalars(_citing(), {"limit": limit}))


@cache
def _citing() -> Select[UUID]:
    """Begins with the decisions of later rounds, which are few, whatever the planner knows of the table."""
    overturning = _overturning()
    lead, cite, later = aliased(Decision), aliased(Decision), aliased(Decision)
    return (
        select(cite.item_id)
        .select_from(overturning)
        .join(lead, (lead.item_id == overturning.c.item_id) & (lead.round < overturning.c.round))
        .join(cite, cite.cited_id == lead.id)
        .join(ReviewItem, ReviewItem.id == cite.item_id)
        .where(
            cite.settles,
            cite.label != overturning.c.label,
            ReviewItem.state == ItemState.DECIDED,
            ~exists().where(Retraction.decision_id == cite.id),
            ~exists().where(
                later.item_id == cite.item_id, later.settles, later.lease_number > cite.lease_number
            ),
        )
        .distinct()
        .order_by(cite.item_id)
        .limit(bindparam("limit", type_=Integer()))
    )


def _overturning() -> CTE:
    # The round stands in the query itself, so that every plan may use the index of later rounds.
    later_round = Decision.round > literal_column("1", Integer())
    query = select(Decision.item_id, Decision.round, Decision.label).where(
        later_round, Decision.told_from > db_after(-_LOOK_BACK), is_the_decision()
    )
    return query.cte("overturning").prefix_with("MATERIALIZED")
