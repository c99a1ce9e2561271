"""Push subscriptions of Google Pub/Sub, with tokens by keys of our own where Google's would lie."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select

from db.models import Event
from detector.reasons import Reason, Rejected, Transient
from tests.worker.inbox import Sessions
from worker.clock import new_id, unix_now
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.push.google_token import KEYS_URL, GoogleTokens
from worker.settings import Settings

AUDIENCE, ACCOUNT = "https://artgate.example", "push@project.iam.gserviceaccount.com"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": name, "use": "sig"}) for name in ("one", "two"))


class Google:
    """What lies at Google's address of keys."""

    def __init__(self, *keys: RSAKey) -> None:
        self.keys = keys
        self.visits = 0

    def __call__(self, url: str) -> bytes:
        assert url == KEYS_URL
        self.visits += 1
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()


def token(key: RSAKey = KEY, *, algorithm: str = "RS256", **changes: Any) -> str:
    claims = {
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "iat": unix_now(),
        "exp": unix_now() + 3600,
    }
    given = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, given, key, algorithms=[algorithm])


def push(key: str) -> dict[str, Any]:
    """A finalized object, as Pub/Sub pushes it."""
    about = {"bucket": "uploads", "name": key, "generation": "1700000000000000", "size": "3"}
    attributes = {"eventType": "OBJECT_FINALIZE", "bucketId": "uploads", "objectId": key}
    attributes |= {"objectGeneration": "1700000000000000", "payloadFormat": "JSON_API_V1"}
    data = base64.b64encode(json.dumps(about).encode()).decode()
    return {"message": {"data": data, "attributes": attributes, "messageId": "1"}, "subscription": "s"}


@pytest.fixture
def google() -> Google:
    return Google(KEY)


@pytest.fixture
def client(settings: Settings, sessions: Sessions, google: Google) -> Iterator[Any]:
    named = {"pubsub_audience": AUDIENCE, "pubsub_accounts": (ACCOUNT,), "buckets": ("uploads",)}
    own = Settings(**(settings.model_dump() | named))
    dispatcher = Dispatcher(own)
    with TestClient(make_app(own, sessions, dispatcher, fetch=google), raise_server_exceptions=False) as made:
        yield made
    dispatcher.close()


def post(client: Any, body: Any, shown: str) -> Any:
    return client.post("/v1/pubsub", json=body, headers={"Authorization": f"Bearer {shown}"})


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


def test_a_message_with_googles_token_is_taken_in(client: Any, sessions: Sessions, google: Google) -> None:
    key = f"{new_id()}.png"
    answer = post(client, push(key), token())
    assert answer.status_code == 202, answer.text
    with sessions() as session:
        (event,) = session.scalars(select(Event).where(Event.key == key))
    assert answer.json() == {"ids": [str(event.id)]}
    post(client, push(key), token())
    assert google.visits == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": "https://another.example"}, (401, "bad_signature")),
        ({"aud": None}, (401, "bad_signature")),
        ({"iss": "https://evil.example"}, (401, "bad_signature")),
        ({"exp": unix_now() - 3600}, (401, "bad_signature")),
        ({"exp": None}, (401, "bad_signature")),
        ({"email": "another@project.iam.gserviceaccount.com"}, (403, "forbidden")),
        ({"email": None}, (403, "forbidden")),
        ({"email_verified": False}, (403, "forbidden")),
        ({"email_verified": None}, (403, "forbidden")),
    ],
)
def test_a_token_for_others_or_of_others_is_refused(
    client: Any, changes: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert refused(post(client, push("k"), token(**changes))) == expected


@pytest.mark.parametrize("shown", ["", "x", "a.b.c", "e30.e30."])
def test_what_is_no_token_is_refused(client: Any, shown: str) -> None:
    assert refused(post(client, push("k"), shown)) == (401, "bad_signature")
    assert refused(client.post("/v1/pubsub", json=push("k"))) == (401, "bad_signature")


def test_a_token_of_another_key_is_refused(client: Any) -> None:
    forged = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert refused(post(client, push("k"), token(forged))) == (401, "bad_signature")


def test_other_kinds_of_signatures_are_refused(client: Any) -> None:
    """A weaker or another algorithm than Google's is nobody's choice but Google's."""
    assert refused(post(client, push("k"), token(algorithm="RS384"))) == (401, "bad_signature")


def test_keys_that_have_changed_are_fetched_anew_once_a_minute() -> None:
    seconds = 1000.0
    google = Google(KEY)
    tokens = GoogleTokens(AUDIENCE, [ACCOUNT], google, clock=lambda: seconds)
    tokens.verify(token())
    google.keys = (OTHER,)
    with pytest.raises(Rejected):  # a forger can't have us fetch for every try
        tokens.verify(token(OTHER))
    assert google.visits == 1
    seconds += 61
    tokens.verify(token(OTHER))
    assert google.visits == 2


def test_keys_that_cannot_be_read_pass() -> None:
    tokens = GoogleTokens(AUDIENCE, [ACCOUNT], lambda _: b"<html>")
    with pytest.raises(Transient) as caught:
        tokens.verify(token())
    assert caught.value.reason is Reason.PROVIDER_UNAVAILABLE


def test_without_an_audience_nobody_may_push(settings: Settings, sessions: Sessions, google: Google) -> None:
    dispatcher = Dispatcher(settings)
    with TestClient(make_app(settings, sessions, dispatcher, fetch=google)) as client:
        assert refused(post(client, push("k"), token())) == (403, "forbidden")
    dispatcher.close()
