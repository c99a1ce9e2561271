"""Where an item goes and how urgent it is: pure functions of its facts and the policy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db.models.review import Stage
from db.queries.routing import Facts, Placed
from worker.review.policy import Policy, Priority, Route

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""Moment from which ages are counted: any would do, as only differences of priorities matter."""
_HOUR = timedelta(hours=1)
_NEUTRAL = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A policy with the number that the database gave it; 0 is the default that nobody stored."""

    number: int
    policy: Policy


def place(facts: Facts, policy: Numbered) -> Placed:
    """Queue, due time and priority of one item."""
    queue = policy.policy.queue(_name(facts, policy.policy))
    due_at = facts.asked_at + timedelta(hours=queue.service_level_hours)
    if facts.appeal_due_at is not None:
        due_at = min(due_at, facts.appeal_due_at)
    return Placed(
        id=facts.id,
        queue=queue.name,
        due_at=due_at,
        priority=priority(facts, due_at, policy.policy.priority, hides=queue.hide_scores_until_opinion),
        routed_by=policy.number,
    )


def priority(facts: Facts, due_at: datetime, weights: Priority, *, hides: bool = False) -> float:
    """The stored key: the weighted facts, less ``per_hour`` for each hour from the epoch to ``due_at``.

    At a moment t an item's urgency is the weighted facts + ``per_hour`` * hours(t - due_at). As t is the
    same for all, the order at any moment is that of the part that does not hold t, so it can be stored.

    ``hides``: the queue keeps scores back, so its order must not tell them: each has the same probability.
    """
    likely = weights.probability * _likely(facts, hides=hides)
    weight = weights.refusal if facts.probability is None else likely
    weight += weights.reach * math.log10(1 + facts.reach)
    weight += weights.report * math.log2(1 + facts.reports)
    if facts.appealed:
        weight += weights.appeal
    if facts.appeal_late:
        weight += weights.appeal_late
    return weight - weights.per_hour * ((due_at - _EPOCH) / _HOUR)


def urgency(stored: float, now: datetime, weights: Priority) -> float:
    """What a stored priority comes to at a moment: the weighted facts, and what the age adds to them."""
    return stored + weights.per_hour * ((now - _EPOCH) / _HOUR)


def _likely(facts: Facts, *, hides: bool) -> float:
    """The probability; that of what was drawn by lot would give its verdict away."""
    return _NEUTRAL if hides or facts.audited or facts.probability is None else facts.probability


def _name(facts: Facts, policy: Policy) -> str:
    if facts.stage is Stage.SENIOR and policy.senior_queue is not None:
        return policy.senior_queue
    if facts.audited and policy.audit.queue is not None:
        return policy.audit.queue
    return next((route.queue for route in policy.routes if _fits(facts, route)), policy.queues[0].name)


def _fits(facts: Facts, route: Route) -> bool:
    named = (
        (facts.domain, route.domain),
        (facts.language, route.language),
        (facts.reason, route.reason),
        (facts.kind, None if route.kind is None else (route.kind,)),
    )
    if any(wanted is not None and value not in wanted for value, wanted in named):
        return False
    low, high = route.probability_from, route.probability_below
    if low is None and high is None:
        return True
    given = facts.probability
    return given is not None and (low is None or given >= low) and (high is None or given < high)
