"""What one reviewer did lately."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Double, Integer, Text, and_, cast, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.base import db_after, db_now
from db.models import AuditEntry, Decision, KnownAnswer, Retraction, ReviewItem, Stage
from db.queries.eligibility import stands

WEEK = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Decisions of one reviewer that stand, and that they made themselves one by one."""

    today: int
    """Since midnight UTC."""
    week: int
    """Within seven days, as all that follows."""
    covered: int
    """Near-duplicates that these covered."""
    taken_back: int
    median_seconds: float | None
    """From claim to decision; None where no claim was logged."""
    due: int
    """Of those of the week, the ones whose item had a due time."""
    in_time: int
    """Of these, the ones that came before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How many answers were compared, and how many of them were the same."""

    total: int
    same: int


def own(session: Session, moderator: str) -> Own:
    """One reviewer's figures."""
    lately = and_(Decision.moderator == moderator, Decision.created_at >= db_after(-WEEK))
    midnight = func.date_trunc("day", db_now(), "UTC")
    valid, by_hand = stands(), Decision.cited_id.is_(None)
    mine = and_(valid, by_hand)
    count = func.count()
    row = session.execute(
        select(
            count.filter(mine, Decision.created_at >= midnight).label("today"),
            count.filter(mine).label("week"),
            count.filter(valid, ~by_hand).label("covered"),
            count.filter(~valid).label("taken_back"),
            count.filter(mine, ReviewItem.due_at.is_not(None)).label("due"),
            count.filter(mine, Decision.created_at <= ReviewItem.due_at).label("in_time"),
        )
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .where(lately)
    ).one()
    return Own(**row._mapping, median_seconds=_median(session, moderator))


def beside_others(session: Session, moderator: str, *, within_seconds: float, but_seconds: float) -> Alike:
    """One's answers beside those that colleagues gave to the same question, neither knowing the other's.

    Only where nothing that was said decided who was asked: measured items, and known answers.
    """
    other, asked = aliased(Decision), aliased(ReviewItem)
    same_item = and_(ReviewItem.measured, other.item_id == ReviewItem.id, other.round == Decision.round)
    base = select(func.count(), func.count().filter(other.label == Decision.label)).select_from(Decision)
    base = base.join(ReviewItem, ReviewItem.id == Decision.item_id).where(
        *_of_period(moderator, within_seconds, but_seconds),
        stands(),
        Decision.stage != Stage.SENIOR,
        other.moderator != Decision.moderator,
        other.stage != Stage.SENIOR,
        ~exists().where(Retraction.decision_id == other.id),
    )
    by_item = session.execute(base.join(other, same_item)).one()
    by_question = session.execute(
        base.join(asked, asked.known_answer_id == ReviewItem.known_answer_id).join(
            other, other.item_id == asked.id
        )
    ).one()
    total, same = (one + more for one, more in zip(by_item, by_question, strict=True))
    return Alike(total=total, same=same)


def known_answers(session: Session, moderator: str, *, within_seconds: float, but_seconds: float) -> Alike:
    """One's answers beside what is known."""
    query = (
        select(func.count(), func.count().filter(Decision.label == KnownAnswer.label))
        .select_from(Decision)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(KnownAnswer, KnownAnswer.id == ReviewItem.known_answer_id)
        .where(*_of_period(moderator, within_seconds, but_seconds), stands())
    )
    total, same = session.execute(query).one()
    return Alike(total=total, same=same)


def _of_period(moderator: str, within_seconds: float, but_seconds: float) -> tuple[ColumnElement[bool], ...]:
    return (
        Decision.moderator == moderator,
        Decision.created_at >= db_after(-within_seconds),
        Decision.created_at < db_after(-but_seconds),
    )


def _median(session: Session, moderator: str) -> float | None:
    """By the audit log, which has the moment of each claim under the decision's lease number."""
    claim = aliased(AuditEntry)
    begun = (
        select(func.min(claim.created_at))
        .where(
            claim.subject == Decision.item_id,
            claim.kind == "item_changed",
            cast(claim.body["state"].astext, Text) == "claimed",
            cast(claim.body["lease_number"].astext, Integer) == Decision.lease_number,
        )
        .scalar_subquery()
    )
    took = cast(func.extract("epoch", Decision.created_at - begun), Double)
    query = select(func.percentile_cont(0.5).within_group(took)).where(
        Decision.moderator == moderator,
        Decision.created_at >= db_after(-WEEK),
        Decision.cited_id.is_(None),
        stands(),
    )
    median: float | None = session.execute(query).scalar_one()
    return median
