"""Messages sent again over HTTP: for admins, and what is asked must make sense."""

from __future__ import annotations

from typing import Any

import pytest

from db.models import MessageKind
from db.models.accounts import Role
from db.queries import deliveries, outbox
from tests.worker.access.people import account, bearer
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import Web, refused
from worker.clock import new_id
from worker.webhooks import endpoints


@pytest.fixture(scope="module")
def admin(sessions: Sessions) -> dict[str, str]:
    return bearer(sessions, account(sessions, Role.ADMIN))


@pytest.fixture(scope="module")
def told(sessions: Sessions) -> Any:
    """An endpoint that was owed a message and got it."""
    message = new_id()
    with sessions.begin() as session:
        endpoints.add(session, "shop", "https://shop.example/", events=(), networks=())
        outbox.add(session, message, "art/a.png", MessageKind.VERDICT, {"verdict": "GENUINE"})
    with sessions.begin() as session:
        deliveries.spread(session, limit=9, close=True)
        (due,) = deliveries.take_due(session, endpoints.known(session, "shop"), limit=9, lease_seconds=9)
        outbox.delivered(session, due.id, due.attempt, endpoints.known(session, "shop"))
    return message


def test_an_admin_has_messages_sent_again(client: Web, admin: dict[str, str], told: Any) -> None:
    def replay(**body: Any) -> Any:
        return client.post("/v1/webhooks/shop/replay", json=body, headers=admin).json()

    assert replay() == {"queued": 0}, "nothing was given up"
    assert replay(since="2020-01-01T00:00:00Z", until="2020-01-02T00:00:00Z") == {"queued": 0}
    assert replay(delivery=str(told)) == {"queued": 1}
    assert replay(delivery=str(told)) == {"queued": 0}, "it waits by now"


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("nobody", {}, (404, "not_found")),
        ("shop", {"delivery": "x"}, (422, "bad_request")),
        ("shop", {"since": "2020-01-01T00:00:00"}, (422, "bad_request")),
        ("shop", {"everything": True}, (422, "bad_request")),
        ("shop", {"delivery": str(new_id()), "since": "2020-01-01T00:00:00Z"}, (422, "bad_request")),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: Web, admin: dict[str, str], told: Any, name: str, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    answer = client.post(f"/v1/webhooks/{name}/replay", json=body, headers=admin)
    assert refused(answer) == expected


def test_a_service_may_not(client: Web) -> None:
    assert refused(client.post("/v1/webhooks/settings/replay", json={})) == (403, "forbidden")
