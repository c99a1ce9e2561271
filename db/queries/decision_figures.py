"""What was decided lately: how much, and how often a later opinion or a person overturned an earlier one.

Decisions that were taken back count nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, any_, cast, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.base import db_after
from db.models import Decision, HumanLabel, Retraction, ReviewItem, Stage, Verdict, VerdictLabel
from db.queries.eligibility import stands

_MIDDLE = 0.5
"""Calibrated probability from which a verdict leans towards SYNTHETIC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Decisions of one label in one step of time."""

    step: int
    """0 for the oldest step."""
    label: HumanLabel
    automatic: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturned:
    """How many later opinions there were, and how many of them differ from the earlier one."""

    asked: int
    differ: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstMachine:
    """Items that one verdict label and one decision share."""

    machine: VerdictLabel
    leans_synthetic: bool
    """The verdict's calibrated probability is 0.5 or above."""
    person: HumanLabel
    count: int


def decided(session: Session, *, within_seconds: float, step_seconds: float) -> list[Decided]:
    """Decisions by step of time, label and way; steps without any are left out."""
    since = func.extract("epoch", Decision.created_at - db_after(-within_seconds))
    step = cast(func.floor(since / step_seconds), Integer)
    rows = session.execute(
        select(step.label("step"), Decision.label, Decision.automatic, func.count().label("count"))
        .where(_lately(within_seconds), stands())
        .group_by("step", Decision.label, Decision.automatic)
        .order_by("step", Decision.label, Decision.automatic)
    )
    return [Decided(**row._mapping) for row in rows]


def second_opinions(session: Session, *, within_seconds: float) -> Overturned:
    """Blind second opinions, and those that differ from the first one of their round."""
    first = aliased(Decision)
    of_round = and_(
        first.item_id == Decision.item_id, first.round == Decision.round, first.stage == Stage.FIRST
    )
    return _overturned(session, first, of_round, within_seconds, Decision.stage == Stage.SECOND)


def appeals(session: Session, *, within_seconds: float) -> Overturned:
    """Decisions that settled an appeal, and those that differ from the one that was appealed."""
    appealed = aliased(Decision)
    earlier = and_(appealed.item_id == Decision.item_id, appealed.settles, appealed.round < Decision.round)
    unasked = exists().where(
        ReviewItem.id == Decision.item_id, Decision.round == any_(ReviewItem.asked_again)
    )
    answers = and_(Decision.settles, Decision.round > 1, ~unasked)
    return _overturned(session, appealed, earlier, within_seconds, answers)


def against_machine(session: Session, *, within_seconds: float) -> list[AgainstMachine]:
    """What people settled of what the machine had said, without questions whose answer is known."""
    leans = Verdict.probability >= _MIDDLE
    rows = session.execute(
        select(
            Verdict.label.label("machine"),
            leans.label("leans_synthetic"),
            Decision.label.label("person"),
            func.count().label("count"),
        )
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(Verdict, Verdict.id == ReviewItem.verdict_id)
        .where(
            _lately(within_seconds),
            stands(),
            Decision.settles,
            ~Decision.automatic,
            ReviewItem.known_answer_id.is_(None),
        )
        .group_by(Verdict.label, leans, Decision.label)
        .order_by(Verdict.label, leans, Decision.label)
    )
    return [AgainstMachine(**row._mapping) for row in rows]


def _overturned(
    session: Session,
    other: type[Decision],
    earlier: ColumnElement[bool],
    within_seconds: float,
    which: ColumnElement[bool],
) -> Overturned:
    """Compares decisions of the period with the latest one before each that stands."""
    before = _latest(other, earlier).lateral("earlier")
    asked, differ = session.execute(
        select(func.count(), func.count().filter(before.c.label != Decision.label))
        .select_from(Decision)
        .join(before, before.c.label.is_not(None))
        .where(_lately(within_seconds), stands(), which)
    ).one()
    return Overturned(asked=asked, differ=differ)


def _latest(other: type[Decision], earlier: ColumnElement[bool]) -> Select[Any]:
    taken_back = select(Retraction.decision_id).where(Retraction.decision_id == other.id).exists()
    return (
        select(other.label)
        .where(earlier, ~taken_back)
        .order_by(other.lease_number.desc())
        .limit(1)
        .correlate(Decision)
    )


def _lately(within_seconds: float) -> ColumnElement[bool]:
    return Decision.created_at >= db_after(-within_seconds)
