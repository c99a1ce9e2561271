"""Posting events: what is taken, what is refused, and that the rows are there before the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

import pytest

from db.models.events import EventKind, EventState
from detector.reasons import Reason
from tests.worker.hook.conftest import BEARER, LARGEST, NEW, OLD, Web, ids_of, post, refused, signed
from tests.worker.inbox import Sessions, standing, wait_until
from worker.clock import new_id, unix_now

BODIES = Path(__file__).parents[2] / "data" / "events" / "bodies"


def plain(**more: Any) -> dict[str, Any]:
    return {"bucket": "uploads", "key": f"{new_id()}.png"} | more


def s3(key: str, name: str = "ObjectCreated:Put", sequencer: str = "0A") -> dict[str, Any]:
    stored = {"key": quote_plus(key, safe="/"), "size": 7, "eTag": "e", "sequencer": sequencer}
    about = {"bucket": {"name": "uploads"}, "object": stored}
    return {"Records": [{"eventSource": "aws:s3", "eventName": name, "s3": about}]}


def test_an_event_is_committed_when_it_is_answered(client: Web, sessions: Sessions) -> None:
    """And its message follows."""
    (event_id,) = ids_of(post(client, plain(etag="e")))
    assert standing(sessions, UUID(event_id)).state in {EventState.RECEIVED, EventState.QUEUED}
    wait_until(lambda: standing(sessions, UUID(event_id)).state is EventState.QUEUED, "its message")


@pytest.mark.parametrize("key", ["mit Leerzeichen.jpg", "作品/絵 №1 (ü).jpg", "plus+and%20percent.jpg"])
def test_keys_arrive_as_the_storage_knows_them(client: Web, sessions: Sessions, key: str) -> None:
    """Encoded as S3 does, and in the plain form as they are."""
    for body in (s3(key), plain(key=key)):
        assert standing(sessions, UUID(ids_of(post(client, body))[0])).key == key


def test_a_batch_is_answered_in_its_order(client: Web, sessions: Sessions) -> None:
    """One id for each, the same one for the same event."""
    first, second = plain(etag="1"), plain(etag="2")
    ids = ids_of(post(client, {"events": [first, second, first]}))
    assert ids[0] == ids[2] != ids[1]
    assert ids_of(post(client, [second, first])) == [ids[1], ids[0]]
    assert standing(sessions, UUID(ids[1])).key == second["key"]


def test_a_removal_ends_work_that_has_not_begun(client: Web, sessions: Sessions) -> None:
    """Told apart by sequencers, however late the upload's event comes."""
    keys = [f"{new_id()}.png" for _ in range(2)]
    early = ids_of(post(client, s3(keys[0], sequencer="9")))[0]
    removals = [ids_of(post(client, s3(key, "ObjectRemoved:Delete", "0B")))[0] for key in keys]
    late = ids_of(post(client, s3(keys[1], sequencer="9")))[0]
    for event_id in (early, late):
        found = standing(sessions, UUID(event_id))
        assert (found.state, found.reason) == (EventState.REFUSED, Reason.REMOVED)
    assert {standing(sessions, UUID(event_id)).state for event_id in removals} == {EventState.NOTED}


@pytest.mark.parametrize(
    "name",
    [
        "17_aws-s3_testevent-doc.json",
        "28_aws-s3_tagging-put-v23.json",
        "43_aws-sns_subscription-confirmation.json",
        "52_gcs-pubsub_push-unrelated-message.json",
        "72_azure-eventgrid_blobcreated-eventgrid-schema.json",
    ],
)
def test_what_asks_for_nothing_is_acknowledged_and_noted(client: Web, sessions: Sessions, name: str) -> None:
    """Or its sender would send it again and again."""
    (event_id,) = ids_of(post(client, (BODIES / name).read_bytes()))
    found = standing(sessions, UUID(event_id))
    assert found.state is EventState.NOTED
    assert found.kind in {EventKind.TEST, EventKind.OTHER}


def test_a_bearer_token_is_as_good_as_a_signature(client: Web) -> None:
    """For senders that can't sign."""
    ids_of(client.post("/v1/events", json=plain(), headers=BEARER))


def test_both_secrets_are_live(client: Web) -> None:
    """While one replaces the other."""
    assert ids_of(post(client, plain(etag="e"), secret=NEW))
    assert ids_of(post(client, plain(etag="e"), secret=OLD))


_BODY = b'{"bucket": "uploads", "key": "a"}'
_BAD_HEADERS: dict[str, Callable[[], dict[str, str]]] = {
    "none": dict,
    "another token": lambda: {"Authorization": "Bearer wrong"},
    "an empty token": lambda: {"Authorization": "Bearer "},
    "another scheme": lambda: {"Authorization": f"Basic {NEW}"},
    "a token that is no text": lambda: {"Authorization": "Bearer \xe4"},
    "a retired secret": lambda: signed(_BODY, secret="retired"),
    "a stale signature": lambda: signed(_BODY, at=unix_now() - 600),
    "an early signature": lambda: signed(_BODY, at=unix_now() + 600),
    "the signature of another body": lambda: signed(_BODY + b" "),
    "a broken signature": lambda: {"X-Artgate-Signature": "t=now"},
}


@pytest.mark.parametrize("kind", _BAD_HEADERS)
def test_nobody_else_may_post(client: Web, kind: str) -> None:
    """Whatever is missing, wrong, retired or stale."""
    raw = {name: value.encode("latin-1") for name, value in _BAD_HEADERS[kind]().items()}
    answer = client.post("/v1/events", content=_BODY, headers=raw)
    assert refused(answer) == (401, "bad_signature")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"", 422, "bad_event"),
        (b"<html>", 422, "bad_event"),
        ({"hello": "world"}, 422, "bad_event"),
        ({"bucket": "uploads"}, 422, "bad_event"),
        (s3("") | {}, 422, "bad_event"),
        ({"bucket": "elsewhere", "key": "a.png"}, 403, "bucket_not_allowed"),
    ],
)
def test_what_can_not_be_taken_is_refused(client: Web, body: Any, status: int, reason: str) -> None:
    """With a sentence that says what was expected."""
    assert refused(post(client, body)) == (status, reason)


def test_a_foreign_bucket_costs_its_neighbours_nothing(client: Web, sessions: Sessions) -> None:
    """It stands as refused, with its reason."""
    foreign, good = ids_of(post(client, [plain(bucket="elsewhere"), plain(etag="e")]))
    assert standing(sessions, UUID(foreign)).reason == Reason.BUCKET_NOT_ALLOWED
    assert standing(sessions, UUID(good)).state in {EventState.RECEIVED, EventState.QUEUED}


def test_a_body_that_is_too_large_is_refused(client: Web) -> None:
    """By its length, before it is read."""
    assert refused(post(client, b" " * (LARGEST + 1))) == (413, "request_too_large")
    assert refused(post(client, b" " * LARGEST)) == (422, "bad_event")


def test_a_body_without_a_length_is_read_to_the_limit_only(client: Web) -> None:
    """Chunked, and far longer than what is read of it."""
    sent = []

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            sent.append(1)
            yield b" " * 2**14

    answer = client.post("/v1/events", content=endless(), headers=BEARER)
    assert refused(answer) == (413, "request_too_large")


def test_too_many_events_in_one_body_are_refused(client: Web) -> None:
    """However small they are."""
    tiny = b"[" + b",".join([b'{"key":"k","bucket":"b"}'] * 10_001) + b"]"
    assert refused(post(client, tiny)) == (413, "request_too_large")
