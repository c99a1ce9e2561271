"""The review API over HTTP, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from detector.reasons import Rejected
from tests.worker.filing import Filed, file_uncertain
from tests.worker.inbox import Sessions
from worker.clock import new_id, utc_now
from worker.review.api import router_for
from worker.settings import Settings

OpenItems = Callable[[int], list[Filed]]
ANN = {"Authorization": "Bearer token of ann"}
BO = {"Authorization": "Bearer token of bo"}
STATUS = {
    "lease_lost": 409,
    "already_claimed": 409,
    "already_decided": 409,
    "not_found": 404,
    "bad_signature": 401,
    "reserved": 409,
    "undo_over": 409,
    "not_near": 409,
    "not_qualified": 403,
}


def refuse(_: Request, error: Exception) -> JSONResponse:
    """The server's part: a refusal with its reason."""
    assert isinstance(error, Rejected)
    return JSONResponse({"reason": error.reason}, status_code=STATUS.get(error.reason, 400))


@pytest.fixture(scope="module")
def client(settings: Settings, sessions: Sessions) -> Iterator[TestClient]:
    """A server with the router on it, and two moderators."""
    tokens = {"ann": "token of ann", "bo": "token of bo"}
    app = FastAPI()
    app.add_exception_handler(Rejected, refuse)
    app.include_router(
        router_for(Settings(**(settings.model_dump() | {"moderator_tokens": tokens})), sessions)
    )
    with TestClient(app) as made:
        yield made


def post(client: TestClient, path: str, who: dict[str, str], **body: object) -> Any:
    """Post to the review API; gives the answer's body, or its reason."""
    answer = client.post(f"/v1/review/{path}", headers=who, json=body or None)
    return answer.json() if answer.is_success else (answer.status_code, answer.json()["reason"])


def test_an_item_goes_from_the_queue_to_its_decision(client: TestClient, open_items: OpenItems) -> None:
    """Claimed with its evidence, renewed, decided, and decided only once."""
    filed = open_items(1)[0]
    case = post(client, f"items/{filed.item}/claim", ANN)
    assert case["claimed_by"] == "ann"
    assert case["evidence"]["probability"] == 0.75
    assert case["evidence"]["members"] == {"lightgbm": 0.6, "svm": 0.8, "random_forest": 0.7}
    assert case["evidence"]["veto"] == {"applied": True, "probability": 0.2, "overruled": "SYNTHETIC"}
    assert case["evidence"]["thresholds"] == {"genuine_below": 0.35, "synthetic_from": 0.65}
    assert case["image"]["bucket"] == "uploads"
    lease = {"lease_number": case["lease_number"]}
    assert post(client, f"items/{filed.item}/renew", ANN, **lease)["lease_until"] > case["lease_until"]
    decided = post(client, f"items/{filed.item}/decide", ANN, **lease, decision="genuine", note="a real hand")
    assert (decided["state"], decided["decision"]) == ("decided", "GENUINE")
    assert post(client, f"items/{filed.item}/claim", BO) == (409, "already_decided")


def test_an_accusation_is_not_enough_alone_and_can_be_taken_back(
    client: TestClient, open_items: OpenItems
) -> None:
    """Open for another reviewer; taken back, it is the first one's again, who may leave it to a senior."""
    item = open_items(1)[0].item
    lease = {"lease_number": post(client, f"items/{item}/claim", ANN)["lease_number"]}
    said = post(client, f"items/{item}/decide", ANN, **lease, decision="synthetic")
    assert (said["state"], said["decision"]) == ("open", None)
    assert post(client, f"items/{item}/decide", ANN, **lease, decision="synthetic") == said | {
        "age_seconds": pytest.approx(said["age_seconds"], abs=10)
    }
    assert post(client, f"items/{item}/decide", ANN, **lease, decision="genuine") == (409, "lease_lost")
    assert post(client, f"items/{item}/undo", BO, **lease) == (409, "undo_over")
    back = post(client, f"items/{item}/undo", ANN, **lease)
    assert (back["state"], back["claimed_by"]) == ("claimed", "ann")
    lease = {"lease_number": back["lease_number"]}
    assert post(client, f"items/{item}/escalate", ANN, **lease, why="a friend's")["state"] == "open"
    assert post(client, f"items/{item}/claim", BO) == (403, "not_qualified")


def test_a_decision_covers_the_near_duplicates_that_were_shown(
    client: TestClient, sessions: Sessions
) -> None:
    """Each cites it, and what is not near any more refuses the whole."""
    alike = {"perceptual_hash": 0x1234_5678_9ABC_DEF0, "hash_contrast": 30.0}
    with sessions.begin() as session:
        lead, near = (file_uncertain(session, "uploads", f"{new_id()}.png", **alike).item for _ in range(2))
    lease = {"lease_number": post(client, f"items/{lead}/claim", ANN)["lease_number"]}
    shown = client.get(f"/v1/review/items/{lead}/near", headers=ANN).json()["items"]
    assert [item["id"] for item in shown] == [str(near)]
    far = [str(new_id())]
    refused = post(client, f"items/{lead}/decide", ANN, **lease, decision="genuine", also=far)
    assert refused == (409, "not_near")
    post(client, f"items/{lead}/decide", ANN, **lease, decision="genuine", also=[str(near)])
    covered = client.get("/v1/review/items", params={"state": "decided", "limit": 200}, headers=BO).json()[
        "items"
    ]
    (cites,) = [item["cites"] for item in covered if item["id"] == str(near)]
    assert cites


def test_an_outdated_lease_number_is_a_conflict(client: TestClient, open_items: OpenItems) -> None:
    """Released and claimed by another: the first number decides nothing, nor does a stranger's token."""
    item = open_items(1)[0].item
    old = post(client, f"items/{item}/claim", ANN)["lease_number"]
    assert post(client, f"items/{item}/claim", BO) == (409, "already_claimed")
    assert post(client, f"items/{item}/release", ANN, lease_number=old)["state"] == "open"
    new = post(client, f"items/{item}/claim", BO)["lease_number"]
    for lease in (old, new):
        assert post(client, f"items/{item}/decide", ANN, lease_number=lease, decision="genuine") == (
            409,
            "lease_lost",
        )
    assert (
        post(client, f"items/{item}/decide", BO, lease_number=new, decision="cannot_tell")["state"]
        == "decided"
    )


def test_a_claimed_item_is_skipped_held_and_handed_over(client: TestClient, open_items: OpenItems) -> None:
    """Each ends the claim; the number that it had is outdated."""
    skipped, held, given = (str(filed.item) for filed in open_items(3))

    def claimed(item: str) -> dict[str, Any]:
        return {"lease_number": post(client, f"items/{item}/claim", ANN)["lease_number"]}

    lease = claimed(skipped)
    assert post(client, f"items/{skipped}/skip", ANN, **lease, why="no idea")["state"] == "open"
    assert post(client, f"items/{skipped}/skip", ANN, **lease, why="no idea") == (409, "lease_lost")
    until = (utc_now() + timedelta(hours=1)).isoformat()
    resting = post(client, f"items/{held}/hold", ANN, **claimed(held), until=until, why="asked the artist")
    assert (resting["state"], resting["assigned_to"]) == ("open", "ann")
    assert post(client, f"items/{held}/claim", BO) == (409, "reserved")
    lease = claimed(given)
    assert post(client, f"items/{given}/hand-over", ANN, **lease, to="nobody") == (404, "not_found")
    assert post(client, f"items/{given}/hand-over", ANN, **lease, to="ann") == (400, "bad_request")
    assert post(client, f"items/{given}/release", ANN, **lease)["state"] == "open"


def test_pages_follow_each_other_without_gaps(client: TestClient, open_items: OpenItems) -> None:
    """The whole queue in pages is the queue, in its order."""
    made = [str(filed.item) for filed in open_items(7)]
    found, after = [], None
    while True:
        query = {"limit": "3", "state": "open"} | ({"after": after} if after else {})
        page = client.get("/v1/review/items", params=query, headers=ANN).json()
        found += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert [item for item in found if item in made] == made
    assert len(found) == len(set(found))


def test_filters_narrow_the_queue(client: TestClient, open_items: OpenItems) -> None:
    """By state and by kind."""
    item = str(open_items(1)[0].item)

    def listed(**query: str) -> set[str]:
        answer = client.get("/v1/review/items", params={"limit": "200", **query}, headers=ANN)
        return {found["id"] for found in answer.json()["items"]}

    assert item in listed() & listed(state="open") & listed(kind="uncertain")
    assert item not in listed(kind="refusal") | listed(state="decided")


def test_next_gives_each_moderator_another_item(client: TestClient, open_items: OpenItems) -> None:
    """And the most urgent first."""
    open_items(2)
    first, second = post(client, "claim", ANN), post(client, "claim", BO)
    assert first["id"] != second["id"]
    assert first["priority"] >= second["priority"]


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Bearer ", "Basic token of ann", "Bearer Ä"])
def test_strangers_are_refused(client: TestClient, authorization: str | None) -> None:
    """On every route, before anything is looked up."""
    headers = [] if authorization is None else [(b"Authorization", authorization.encode())]
    item = new_id()
    routes = [("GET", "items"), ("GET", f"items/{item}"), ("POST", "claim"), ("POST", f"items/{item}/claim")]
    for method, path in routes:
        answer = client.request(method, f"/v1/review/{path}", headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (401, "bad_signature")


@pytest.mark.parametrize("after", ["nonsense", "bnVsbA", "WzEsMiwzXQ"])
def test_an_unknown_page_is_not_found(client: TestClient, after: str) -> None:
    """Also where it is well-formed base64 of something else."""
    answer = client.get("/v1/review/items", params={"after": after}, headers=ANN)
    assert answer.json() == {"reason": "not_found"}


@pytest.mark.parametrize(
    "body",
    [
        {"lease_number": 1, "decision": "maybe"},
        {"lease_number": 0, "decision": "genuine"},
        {"decision": "genuine"},
        {"lease_number": 1, "decision": "genuine", "note": "a\x00b"},
        {"lease_number": 1, "decision": "genuine", "moderator": "bo"},
    ],
)
def test_malformed_decisions_are_refused(
    client: TestClient, open_items: OpenItems, body: dict[str, object]
) -> None:
    """Before the item is looked at."""
    item = open_items(1)[0].item
    assert client.post(f"/v1/review/items/{item}/decide", headers=ANN, json=body).status_code == 422
