"""The review policy as a document."""

from __future__ import annotations

from typing import Any

import pytest

from detector.reasons import Reason, Rejected
from worker.review.policy import Policy, read_policy

TWO = [{"name": "main"}, {"name": "anime", "skills": ["anime"], "service_level_hours": 4}]


def test_an_empty_document_is_the_default_policy() -> None:
    assert read_policy({}) == Policy()
    assert [queue.name for queue in Policy().queues] == ["main"]


def test_a_policy_that_is_written_down_is_read_as_the_same() -> None:
    policy = read_policy({"queues": TWO, "routes": [{"queue": "anime", "domain": ["anime"]}]})

    assert read_policy(policy.model_dump(mode="json")) == policy


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"queues": []}, "at least one"),
        ({"queues": [{"name": "a"}, {"name": "a"}]}, "same name"),
        ({"queues": [{"name": "No Name"}]}, "queues.0.name"),
        ({"queues": [{"name": "a", "service_level_hours": 0}]}, "service_level_hours"),
        ({"routes": [{"queue": "nowhere"}]}, "nowhere"),
        ({"senior_queue": "nowhere"}, "nowhere"),
        ({"second_review": {"mode": "sometimes"}}, "second_review.mode"),
        ({"routes": [{"queue": "main", "probability_from": 1.5}]}, "probability_from"),
        ({"routes": [{"queue": "main", "domain": []}]}, "domain"),
        ({"priority": {"per_hour": -1}}, "per_hour"),
        ({"priority": {"fame": 1}}, "priority.fame"),
    ],
)
def test_what_is_wrong_is_named(document: dict[str, Any], named: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_policy(document)

    assert refused.value.reason is Reason.POLICY_INVALID
    assert named in refused.value.message


def test_a_queue_is_for_those_who_have_all_its_skills() -> None:
    policy = read_policy({"queues": [*TWO, {"name": "hard", "skills": ["anime", "photo"]}]})

    assert policy.queues_for([]) == ("main",)
    assert policy.queues_for(["anime"]) == ("main", "anime")
    assert policy.queues_for(["photo", "anime"]) == ("main", "anime", "hard")


def test_a_queue_that_is_gone_is_the_first_one() -> None:
    assert read_policy({"queues": TWO}).queue("gone").name == "main"
