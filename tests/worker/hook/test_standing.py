"""Asking where an event stands, the other routes, and errors on all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from db.engine import make_engine, make_sessions
from db.queries import claims
from db.queries.attempts import AttemptLimits
from tests.worker.filing import file_uncertain
from tests.worker.hook.conftest import BEARER, LARGEST, MODERATOR, Answer, Web, ids_of, post, refused
from tests.worker.inbox import Sessions
from tests.worker.monitoring.catalogue import value
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.settings import Settings

LIMITS = AttemptLimits(deaths=3, losses=3, transients=3, review_priority=0.5)
ANN = {"Authorization": f"Bearer {MODERATOR}"}


def ask(client: Web, event_id: object, headers: dict[str, str] = BEARER) -> Answer:
    return client.get(f"/v1/events/{event_id}", headers=headers)


def test_a_waiting_event_says_so(client: Web) -> None:
    """No verdict yet, and no reason."""
    key = f"{new_id()}.png"
    (event_id,) = ids_of(post(client, {"bucket": "uploads", "key": key, "version_id": "v"}))
    said = ask(client, event_id).json()
    assert said["state"] in {"received", "queued"}
    assert (said["id"], said["kind"], said["bucket"], said["key"]) == (event_id, "created", "uploads", key)
    assert (said["version_id"], said["attempts"], said["verdict"], said["reason"]) == ("v", 0, None, None)


def test_a_finished_event_gives_its_verdict_and_its_review(client: Web, sessions: Sessions) -> None:
    """In the words of the webhook."""
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", f"{new_id()}.png")
        held = claims.claim(
            session, filed.event, holder="a test", lease_seconds=60, limits=LIMITS, new_id=new_id
        )
        assert held is not None
        claims.finish(session, filed.event, held.lease_number, image_id=filed.image)
    said = ask(client, filed.event).json()
    assert (said["state"], said["verdict"], said["probability"]) == ("done", "UNCERTAIN", 0.75)
    assert said["members"] == {"lightgbm": 0.6, "svm": 0.8, "random_forest": 0.7}
    assert said["veto"] == {"applied": True, "probability": 0.2, "overruled": "SYNTHETIC"}
    assert said["thresholds"] == {"genuine_below": 0.35, "synthetic_from": 0.65}
    assert said["bundle"]
    assert said["image_id"] == str(filed.image)
    assert said["review"] == {"state": "open", "decision": None}


def test_a_refused_event_gives_its_reason(client: Web) -> None:
    """With the sentence."""
    good = {"bucket": "uploads", "key": f"{new_id()}"}
    refused_id, _ = ids_of(post(client, [good | {"bucket": "elsewhere"}, good]))
    said = ask(client, refused_id).json()
    assert (said["state"], said["reason"], said["verdict"]) == ("refused", "bucket_not_allowed", None)
    assert "elsewhere" in said["detail"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, ANN])
def test_only_the_platform_may_ask(client: Web, headers: dict[str, str]) -> None:
    """A moderator's token opens another door."""
    assert refused(ask(client, new_id(), headers)) == (401, "bad_signature")


def test_an_unknown_event_and_an_unknown_path_are_not_found(client: Web) -> None:
    """Both as problems."""
    assert refused(ask(client, new_id())) == (404, "not_found")
    nowhere = client.get("/v1/nothing")
    assert refused(nowhere) == (404, "not_found")
    assert "path" in nowhere.json()["detail"]


def test_what_does_not_fit_a_route_is_a_problem_too(client: Web) -> None:
    """A malformed id, and a method that the path does not know."""
    assert refused(ask(client, "no-id")) == (422, "bad_request")
    assert refused(client.get("/v1/events")) == (405, "bad_request")


def test_the_review_api_is_mounted_with_its_conflicts(client: Web, sessions: Sessions) -> None:
    """An outdated lease is a conflict; a body that is no lease is named."""
    with sessions.begin() as session:
        item = file_uncertain(session, "uploads", f"{new_id()}.png").item
    claim = f"/v1/review/items/{item}/claim"
    lease = client.post(claim, headers=ANN).json()["lease_number"]
    renew = f"/v1/review/items/{item}/renew"
    assert refused(client.post(renew, headers=ANN, json={"lease_number": lease + 1})) == (409, "lease_lost")
    assert refused(client.post(renew, headers=ANN, json={})) == (422, "bad_request")
    assert refused(client.post(claim, headers=BEARER)) == (403, "forbidden")
    too_large = client.post(renew, headers=ANN, content=b" " * (LARGEST + 1))
    assert refused(too_large) == (413, "request_too_large")


def test_health_and_readiness(client: Web) -> None:
    """Without a token."""
    assert client.get("/livez").json() == client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_metrics_count_by_route_and_never_by_what_was_asked_for(client: Web) -> None:
    """This port may be open to the world: paths and ids in the labels would be a way to fill the memory."""
    (event,) = ids_of(post(client, {"bucket": "uploads", "key": "counted.png"}))
    for path in (f"/v1/events/{event}", "/v1/events/no-id", f"/nowhere/{new_id()}"):
        client.get(path, headers=BEARER)
    text = client.get("/metrics", headers=BEARER).text

    assert value(text, "artgate_hook_requests_total", route="/v1/events", status="202")
    assert value(text, "artgate_hook_requests_total", route="/v1/events/{event_id}", status="200")
    assert value(text, "artgate_hook_requests_total", route="/v1/events/{event_id}", status="422")
    assert value(text, "artgate_hook_requests_total", route="other", status="404")
    assert (value(text, "artgate_hook_events_total") or 0) >= 1
    assert (value(text, "artgate_hook_request_seconds_count", route="/v1/events") or 0) >= 1
    assert event not in text
    assert "nowhere" not in text


def test_metrics_on_this_port_need_a_token(client: Web) -> None:
    assert refused(client.get("/metrics")) == (401, "bad_signature")


@pytest.fixture
def lonely(settings: Settings) -> Iterator[Web]:
    """A hook whose database does not answer."""
    engine = make_engine("postgresql://nobody@127.0.0.1:9/nothing")
    dispatcher = Dispatcher(settings)
    with TestClient(make_app(settings, make_sessions(engine), dispatcher)) as made:
        yield made
    dispatcher.close()
    engine.dispose()


def test_without_the_database_nothing_is_taken(lonely: Web) -> None:
    """The sender is asked to come again; the process lives on."""
    for answer in (
        lonely.get("/readyz"),
        post(lonely, {"bucket": "uploads", "key": "a"}),
        ask(lonely, new_id()),
    ):
        assert refused(answer) == (503, "database_unavailable")
        assert answer.headers["retry-after"]
    assert lonely.get("/livez").status_code == 200
