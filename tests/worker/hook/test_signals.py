"""What the platform says of a picture that waits, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.worker.filing import file_uncertain
from tests.worker.hook.conftest import BEARER, Answer, Web, refused, signed
from tests.worker.inbox import Sessions
from worker.clock import new_id


def tell(client: Web, body: Any) -> Answer:
    """Post signed signals."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/signals", content=raw, headers=signed(raw))


def test_signals_reach_the_items_of_their_object(client: Web, sessions: Sessions) -> None:
    """Signed like events, or with the platform's token."""
    key = f"{new_id()}.png"
    with sessions.begin() as session:
        item = file_uncertain(session, "uploads", key).item
    about = {"bucket": "uploads", "key": key}

    assert tell(client, about | {"reach": 5000, "reports": 2}).json() == {"items": [str(item)]}
    again = client.post("/v1/signals", json=about | {"appealed_by": "artist"}, headers=BEARER)
    assert again.json() == {"items": [str(item)]}
    assert client.post("/v1/signals", json=about | {"reach": 1}).status_code == 401


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", (422, "bad_request")),
        (b"\xff", (422, "bad_request")),
        (b"[" * 100_000, (422, "bad_request")),
        ([], (422, "bad_request")),
        ({"bucket": "uploads", "key": "k"}, (422, "bad_request")),
        ({"bucket": "uploads", "key": "k", "reach": -1}, (422, "bad_request")),
        ({"bucket": "uploads", "key": "k", "fame": 1}, (422, "bad_request")),
        ({"bucket": "uploads", "key": "never seen", "reach": 1}, (404, "not_found")),
    ],
)
def test_signals_that_do_not_fit_are_refused(client: Web, body: Any, expected: tuple[int, str]) -> None:
    """In a sentence, as a problem."""
    assert refused(tell(client, body)) == expected
