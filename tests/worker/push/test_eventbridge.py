"""API destinations of Amazon EventBridge: a header with a service's token, and nothing else to set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from db.models import Event
from db.models.accounts import Role
from tests.worker.access.people import account, bearer
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.settings import Settings


@pytest.fixture(scope="module")
def client(settings: Settings, sessions: Sessions) -> Iterator[Any]:
    own = Settings(**(settings.model_dump() | {"buckets": ("uploads",)}))
    dispatcher = Dispatcher(own)
    with TestClient(make_app(own, sessions, dispatcher), raise_server_exceptions=False) as made:
        yield made
    dispatcher.close()


def created(key: str) -> dict[str, Any]:
    """As EventBridge sends S3's events."""
    return {
        "version": "0",
        "id": str(new_id()),
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": "2026-03-01T12:00:00Z",
        "region": "eu-west-1",
        "detail": {
            "version": "0",
            "bucket": {"name": "uploads"},
            "object": {"key": key, "size": 3, "etag": "e", "sequencer": "0A"},
            "reason": "PutObject",
        },
    }


def test_an_event_with_a_services_token_is_taken_in(client: Any, sessions: Sessions) -> None:
    key = f"{new_id()}.png"
    answer = client.post(
        "/v1/events", json=created(key), headers=bearer(sessions, account(sessions, Role.SERVICE))
    )
    assert answer.status_code == 202, answer.text
    with sessions() as session:
        (event,) = session.scalars(select(Event).where(Event.key == key))
    assert answer.json() == {"ids": [str(event.id)]}


def test_an_event_of_anyone_else_is_refused(client: Any, sessions: Sessions) -> None:
    assert client.post("/v1/events", json=created("k")).status_code == 401
    moderator = bearer(sessions, account(sessions, Role.MODERATOR))
    assert client.post("/v1/events", json=created("k"), headers=moderator).status_code == 403
