"""A hook to post to: the application on real PostgreSQL and Valkey, with two live secrets and a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
from fastapi.testclient import TestClient

from tests.worker.inbox import Sessions
from worker import signature
from worker.clock import unix_now
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER

Web: TypeAlias = Any
"""A client, of the test client's library or of ours: they speak alike."""
Answer: TypeAlias = Any
"""What such a client gets."""

NEW, OLD, TOKEN, MODERATOR = "the new secret", "the old secret", "of the platform", "of ann"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LARGEST = 256 * 2**10


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """The module's settings, with someone who may enter."""
    named = {
        "hook_secrets": (NEW, OLD),
        "hook_tokens": (TOKEN,),
        "moderator_tokens": {"ann": MODERATOR},
        "hook_max_body": LARGEST,
        "buckets": ("uploads",),
        "publish_timeout": 0.4,
    }
    return Settings(**(settings.model_dump() | named))


@pytest.fixture(scope="module")
def client(settings: Settings, sessions: Sessions) -> Iterator[Web]:
    """The application, started."""
    dispatcher = Dispatcher(settings)
    with TestClient(make_app(settings, sessions, dispatcher), raise_server_exceptions=False) as made:
        yield made
    dispatcher.close()


def signed(body: bytes, *, secret: str = NEW, at: int | None = None) -> dict[str, str]:
    """The header of a signed request."""
    return {SIGNATURE_HEADER: signature.sign(secret, body, unix_now() if at is None else at)}


def post(client: Web, body: Any, **how: Any) -> Answer:
    """Post a signed body; what is no bytes is made JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/v1/events", content=raw, headers=signed(raw, **how))


def ids_of(answer: Answer) -> list[str]:
    """The ids of an answer that took the events."""
    assert answer.status_code == 202, answer.text
    ids: list[str] = answer.json()["ids"]
    return ids


def refused(answer: Answer) -> tuple[int, str]:
    """Status and reason of a problem document; everything that the standard asks of it holds."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"] == f"urn:artgate:reason:{problem['reason']}"
    return answer.status_code, problem["reason"]
