"""Scores stay hidden until a first opinion, wherever one looks; then they are shown, and both are stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from sqlalchemy import update

from db.models.accounts import Role
from db.models.review import HumanLabel, ReviewItem
from db.queries import first_opinions, policies
from tests.worker.access.people import account, bearer
from tests.worker.filing import Filed, file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.hook import problems
from worker.review import blinding, deciding, desk
from worker.review.api import router_for
from worker.review.placing import place_all, policy_in_force
from worker.settings import Settings

POLICY = {
    "queues": [
        {"name": "main"},
        {"name": "blind", "hide_scores_until_opinion": True},
    ],
    "routes": [{"queue": "blind", "domain": ["photo"]}],
    "second_review": {"mode": "off"},
}
SCORES = ("0.2189", "0.3958", "lightgbm", "SYNTHETIC", "UNCERTAIN", "bundle_hash")
"""What the verdict of ``file_uncertain`` holds and nothing else does."""
HIDDEN = ("priority", "label", "probability", "bundle_id", "reason", "near_id")


@pytest.fixture(scope="module")
def client(settings: Settings, sessions: Sessions) -> Iterator[TestClient]:
    """A server of the review API where one of two queues hides scores."""
    with sessions.begin() as session:
        policies.append(session, POLICY)
    app = FastAPI()
    problems.add_handlers(app)
    app.include_router(router_for(settings, sessions))
    with TestClient(app) as made:
        yield made


@pytest.fixture(scope="module")
def ann(sessions: Sessions) -> dict[str, str]:
    """A moderator's key."""
    return bearer(sessions, account(sessions))


def file_blind(sessions: Sessions, probability: float = 0.75, domain: str = "photo") -> Filed:
    """An item of the blind queue."""
    with sessions.begin() as session:
        return file_uncertain(session, "uploads", f"{new_id()}.png", probability=probability, domain=domain)


def post(client: TestClient, path: str, key: dict[str, str], **body: object) -> Any:
    """What a step answers."""
    return client.post(f"/v1/review/{path}", headers=key, json=body or None).json()


def tells(answer: Any, probability: float) -> list[str]:
    """What an answer gives away."""
    found = [name for name in HIDDEN if answer.get(name) is not None]
    text = json.dumps({name: value for name, value in answer.items() if name not in {"image", "id"}})
    evidence = [word for word in (*SCORES, str(probability)) if word in text]
    return found + evidence + ([] if answer.get("evidence") is None else ["evidence"])


@bounded(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(probability=st.floats(0.350001, 0.999999).map(lambda value: round(value, 6)))
def test_no_answer_of_the_api_tells_of_the_detector_before_the_first_opinion(
    client: TestClient, sessions: Sessions, ann: dict[str, str], probability: float
) -> None:
    """The claim, a look, a renewal, the list and every way to set it aside; a look afterwards tells all."""
    item = file_blind(sessions, probability).item
    case = post(client, f"items/{item}/claim", ann)
    lease = {"lease_number": case["lease_number"]}
    listed = client.get("/v1/review/items", params={"queue": "blind", "limit": 200}, headers=ann).json()[
        "items"
    ]
    answers = [
        case,
        client.get(f"/v1/review/items/{item}", headers=ann).json(),
        post(client, f"items/{item}/renew", ann, **lease),
        *(each for each in listed if each["id"] == str(item)),
    ]
    assert len(answers) == 4
    for answer in answers:
        assert answer["scores_hidden"]
        assert tells(answer, probability) == []
    shown = post(client, f"items/{item}/opinion", ann, **lease, opinion="genuine")
    assert (shown["scores_hidden"], shown["probability"]) == (False, probability)
    assert shown["evidence"]["members"]["svm"] == 0.8
    post(client, f"items/{item}/release", ann, **lease)


def test_deciding_without_a_first_opinion_is_refused(
    client: TestClient, sessions: Sessions, ann: dict[str, str]
) -> None:
    """The one who has given it may decide otherwise; both are kept."""
    item = file_blind(sessions).item
    lease = {"lease_number": post(client, f"items/{item}/claim", ann)["lease_number"]}
    assert (
        post(client, f"items/{item}/decide", ann, **lease, decision="genuine")["reason"] == "opinion_needed"
    )
    post(client, f"items/{item}/opinion", ann, **lease, opinion="genuine")
    post(client, f"items/{item}/opinion", ann, **lease, opinion="cannot_tell")
    assert post(client, f"items/{item}/decide", ann, **lease, decision="synthetic")["decision"] == "SYNTHETIC"


def test_an_opinion_needs_the_claim(client: TestClient, sessions: Sessions, ann: dict[str, str]) -> None:
    item = file_blind(sessions).item
    assert (
        post(client, f"items/{item}/opinion", ann, lease_number=1, opinion="genuine")["reason"]
        == "lease_lost"
    )


def test_another_queue_hides_nothing(client: TestClient, sessions: Sessions, ann: dict[str, str]) -> None:
    item = file_blind(sessions, domain="painting").item
    assert post(client, f"items/{item}/claim", ann)["probability"] == 0.75


def test_who_decides_nothing_sees_everything(
    client: TestClient, sessions: Sessions, ann: dict[str, str]
) -> None:
    """An auditor can't be swayed, and has to see what the others saw."""
    item = file_blind(sessions).item
    post(client, f"items/{item}/claim", ann)
    auditor = bearer(sessions, account(sessions, Role.AUDITOR))
    look = client.get(f"/v1/review/items/{item}", headers=auditor).json()
    assert look["evidence"]["probability"] == 0.75


def test_the_next_page_of_a_list_is_found_by_a_word_that_tells_nothing(
    client: TestClient, sessions: Sessions, ann: dict[str, str]
) -> None:
    """All items, each once, and no number in the cursor."""
    filed = {str(file_blind(sessions).item) for _ in range(3)}
    seen: list[str] = []
    after = None
    while True:
        params = {"limit": 2} | ({"after": after} if after else {})
        page = client.get("/v1/review/items", params=params, headers=ann).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
        assert len(after) == 22
    assert len(seen) == len(set(seen))
    assert filed <= set(seen)


def test_the_order_of_a_queue_that_hides_scores_is_that_of_age_and_not_of_scores(
    client: TestClient, sessions: Sessions, ann: dict[str, str]
) -> None:
    """In the list, also before anything was placed, and in what is handed out next."""
    scores = (0.4, 0.99, 0.36, 0.7, 0.5)
    filed = [str(file_blind(sessions, probability).item) for probability in scores]
    listed = client.get("/v1/review/items", params={"queue": "blind", "limit": 200}, headers=ann).json()
    assert [each["id"] for each in listed["items"] if each["id"] in filed] == filed
    with sessions() as session:
        rows = [session.get_one(ReviewItem, item) for item in filed]
        assert all(one.priority > other.priority for one, other in pairwise(rows))
        gaps = [abs(one.priority - other.priority) for one, other in pairwise(rows)]
        assert max(gaps) < 0.001, "only the milliseconds between them"
    taken: list[str] = []
    while len(taken) < len(filed):
        case = client.post("/v1/review/claim", params={"queue": "blind"}, headers=ann).json()
        taken += [case["id"]] if case["id"] in filed else []
    assert taken == filed


def test_what_another_policy_has_placed_is_not_listed_until_it_is_moved(
    client: TestClient, sessions: Sessions, ann: dict[str, str]
) -> None:
    """Its place may be its score's; who decides nothing sees it all the same."""
    item = str(file_blind(sessions).item)
    with sessions.begin() as session:
        session.execute(update(ReviewItem).where(ReviewItem.id == item).values(routed_by=-1))
    auditor = bearer(sessions, account(sessions, Role.AUDITOR))

    def lists(key: dict[str, str]) -> bool:
        answer = client.get("/v1/review/items", params={"limit": 200}, headers=key).json()
        return item in {each["id"] for each in answer["items"]}

    assert (lists(ann), lists(auditor)) == (False, True)
    with sessions.begin() as session:
        place_all(session, policy_in_force(session), limit=1000)
    assert lists(ann)


def decide_after(
    sessions: Sessions, who: str, probability: float, first: HumanLabel, then: HumanLabel
) -> UUID:
    """One item, first opinion and decision."""
    item = file_blind(sessions, probability).item
    with sessions.begin() as session:
        lease = desk.claim(session, item, who, lease_seconds=60).lease_number
        blinding.opine(session, item, who, lease, first)
        deciding.decide(session, item, who, lease, label=then, note=None, undo_seconds=0)
    return item


def test_the_share_that_changed_towards_the_machine_is_counted(
    client: TestClient, sessions: Sessions
) -> None:
    """0.75 leans to synthetic and 0.4 to genuine; what was not different can only move away."""
    genuine, synthetic, unsure = HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL
    who = account(sessions)
    for probability, first, then in (
        (0.75, genuine, synthetic),
        (0.75, genuine, genuine),
        (0.4, unsure, genuine),
        (0.75, unsure, genuine),
        (0.75, synthetic, genuine),
        (0.4, genuine, genuine),
    ):
        decide_after(sessions, who, probability, first, then)
    with sessions() as session:
        (found,) = first_opinions.changes(session, who)
    assert (found.given, found.differed, found.towards, found.away) == (6, 4, 2, 1)
    assert found.share_towards == 0.5
