"""Queue and priority of an item, by policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import ItemKind, Stage
from db.queries.routing import Facts
from worker.clock import new_id
from worker.review.policy import Priority, read_policy
from worker.review.routing import Numbered, place, priority

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def facts(**given: Any) -> Facts:
    """An item that nothing is special about, but for what is given."""
    plain: dict[str, Any] = {
        "id": new_id(),
        "kind": ItemKind.UNCERTAIN,
        "stage": Stage.FIRST,
        "reason": None,
        "asked_at": NOW,
        "language": None,
        "reach": 0,
        "reports": 0,
        "appealed": False,
        "appeal_due_at": None,
        "appeal_late": False,
        "domain": None,
        "probability": 0.5,
    }
    return Facts(**(plain | given))


def queue_of(item: Facts, *routes: dict[str, Any]) -> str:
    names = ["main", *(route["queue"] for route in routes)]
    document = {"queues": [{"name": name} for name in dict.fromkeys(names)], "routes": list(routes)}
    return place(item, Numbered(number=1, policy=read_policy(document))).queue


@pytest.mark.parametrize(
    ("rule", "fits", "does_not"),
    [
        ({"domain": ["anime", "comic"]}, {"domain": "comic"}, {"domain": "photo"}),
        ({"language": ["ja"]}, {"language": "ja"}, {"language": None}),
        ({"reason": ["corrupt"]}, {"reason": "corrupt"}, {"reason": "truncated"}),
        ({"kind": "refusal"}, {"kind": ItemKind.REFUSAL}, {"kind": ItemKind.UNCERTAIN}),
        ({"probability_from": 0.6}, {"probability": 0.6}, {"probability": 0.59}),
        ({"probability_below": 0.6}, {"probability": 0.59}, {"probability": 0.6}),
        ({"probability_below": 0.6}, {"probability": 0.1}, {"probability": None}),
        (
            {"domain": ["anime"], "language": ["ja"]},
            {"domain": "anime", "language": "ja"},
            {"domain": "anime", "language": "en"},
        ),
    ],
)
def test_an_item_goes_where_every_stated_member_fits(
    rule: dict[str, Any], fits: dict[str, Any], does_not: dict[str, Any]
) -> None:
    assert queue_of(facts(**fits), {"queue": "other", **rule}) == "other"
    assert queue_of(facts(**does_not), {"queue": "other", **rule}) == "main"


def test_the_first_rule_that_fits_counts() -> None:
    rules = ({"queue": "anime", "domain": ["anime"]}, {"queue": "rest"})

    assert queue_of(facts(domain="anime"), *rules) == "anime"
    assert queue_of(facts(domain="photo"), *rules) == "rest"


def test_what_waits_for_a_senior_goes_to_the_seniors_queue_where_there_is_one() -> None:
    queues = [{"name": "main"}, {"name": "hard"}]
    senior = facts(stage=Stage.SENIOR)
    with_one = read_policy({"queues": queues, "senior_queue": "hard"})

    assert place(senior, Numbered(number=1, policy=with_one)).queue == "hard"
    assert place(facts(), Numbered(number=1, policy=with_one)).queue == "main"
    assert place(senior, Numbered(number=1, policy=read_policy({"queues": queues}))).queue == "main"


def test_the_due_time_is_that_of_the_queues_service_level() -> None:
    policy = read_policy({"queues": [{"name": "main", "service_level_hours": 4}]})

    placed = place(facts(), Numbered(number=7, policy=policy))

    assert placed.due_at == NOW + timedelta(hours=4)
    assert placed.routed_by == 7


@pytest.mark.parametrize(
    "more",
    [{"probability": 0.6}, {"reach": 100}, {"reports": 1}, {"appealed": True}],
)
def test_more_of_a_thing_is_more_urgent(more: dict[str, Any]) -> None:
    due = NOW + timedelta(hours=1)

    assert priority(facts(**more), due, Priority()) > priority(facts(), due, Priority())


def urgency(item: Facts, due_at: datetime, at: datetime, weights: Priority) -> float:
    """The formula as it is meant, with the age at a moment in it."""
    timeless = priority(item, due_at, weights.model_copy(update={"per_hour": 0.0}))
    return timeless + weights.per_hour * (at - due_at).total_seconds() / 3600


hours = st.floats(-5000, 5000).map(lambda number: NOW + timedelta(hours=number))
weights = st.builds(
    Priority,
    probability=st.floats(0, 10),
    reach=st.floats(0, 10),
    report=st.floats(0, 10),
    per_hour=st.floats(0, 10),
)
items = st.builds(
    facts, probability=st.floats(0, 1), reach=st.integers(0, 10**9), reports=st.integers(0, 10**4)
)


@given(one=items, other=items, due=st.tuples(hours, hours), at=hours, by=weights)
def test_the_stored_order_is_the_order_of_urgency_at_every_moment(
    one: Facts, other: Facts, due: tuple[datetime, datetime], at: datetime, by: Priority
) -> None:
    stored = priority(one, due[0], by) - priority(other, due[1], by)
    meant = urgency(one, due[0], at, by) - urgency(other, due[1], at, by)

    assert stored == pytest.approx(meant, abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_queue_that_hides_scores_has_one_place_for_all_of_them(one: float, other: float) -> None:
    policy = read_policy({"queues": [{"name": "main", "hide_scores_until_opinion": True}]})
    numbered = Numbered(number=1, policy=policy)
    first, second = (place(facts(probability=each), numbered).priority for each in (one, other))
    assert first == second
