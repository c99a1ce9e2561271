"""The client against the running server, each method once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

import pytest

from db.models import HumanLabel
from deploy.local.launch import free_port
from detector.reasons import Reason
from tests.servers import Bucket
from tests.worker.filing import Filed, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import TOKEN, decided, finish, fresh_key
from tests.worker.running import serving
from worker.client import Artgate, Evidence, Message, Refused
from worker.clock import new_id
from worker.settings import Settings


@pytest.fixture(scope="module")
def settings(settings: Settings) -> Settings:
    """With a token, on a port of its own."""
    named = {"hook_tokens": (TOKEN,), "hook_port": free_port(), "api_per_second": 1000.0, "erase_at_once": 1}
    return Settings(**(settings.model_dump() | named))


@pytest.fixture(scope="module")
def client(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Artgate]:
    with (
        serving(settings, tmp_path_factory.mktemp("hook")) as address,
        Artgate(address, TOKEN) as made,
    ):
        yield made


@pytest.fixture
def key() -> str:
    return fresh_key()


@pytest.fixture
def filed(sessions: Sessions, bucket: Bucket, key: str) -> Filed:
    """A picture that ann has called SYNTHETIC."""
    with sessions.begin() as session:
        made = file_uncertain(session, bucket.name, key, uploader=f"of {key}")
        finish(session, made)
    decided(sessions, made.item, HumanLabel.SYNTHETIC)
    return made


def test_an_upload_is_handed_in_and_stands_somewhere(client: Artgate, bucket: Bucket, key: str) -> None:
    event = client.post_event(bucket.name, key, etag="e", uploader="ann", size=None)
    assert client.standing(event).id == event
    assert not client.standing(event).ended
    assert client.post_events([{"bucket": bucket.name, "key": key, "etag": "e"}]) == [event]


def test_a_verdict_is_asked_for_in_three_ways(
    client: Artgate, bucket: Bucket, filed: Filed, key: str
) -> None:
    holds = client.verdict_of_image(filed.image)
    assert (holds.label, holds.by, holds.bucket, holds.key) == ("SYNTHETIC", "person", bucket.name, key)
    assert holds.probability == pytest.approx(0.75)
    assert client.verdict_of_event(filed.event) == client.verdict_of_object(bucket.name, key) == holds


def test_a_history_tells_who_said_what(client: Artgate, bucket: Bucket, filed: Filed, key: str) -> None:
    said = [(entry.label, entry.by) for entry in client.history_of_image(filed.image)]
    assert said == [("SYNTHETIC", "person"), ("UNCERTAIN", "machine")]
    assert [(each.label, each.by) for each in client.history_of_object(bucket.name, key)] == said


def test_changes_are_followed_with_a_cursor(client: Artgate, filed: Filed) -> None:
    after = 0
    seen: list[Message] = []
    while True:
        page = client.changes(after, limit=1)
        seen += page.messages
        after = page.next
        if not page.more:
            break
    assert str(filed.item) in {message.data["item_id"] for message in seen}
    assert client.changes(after).messages == ()


def test_an_appeal_is_filed_with_evidence_and_followed(
    client: Artgate, bucket: Bucket, filed: Filed, key: str
) -> None:
    bucket.put(f"{key}.psd", b"layers")
    layers = Evidence(
        kind="layers",
        bucket=bucket.name,
        key=f"{key}.psd",
        size=6,
        sha256=hashlib.sha256(b"layers").hexdigest(),
    )
    made = client.appeal(
        image_id=filed.image, appellant=f"of {key}", statement="I drew it", evidence=[layers]
    )
    assert (made.open, made.against) == (True, "SYNTHETIC")
    assert client.appeal_standing(made.id) == made
    with pytest.raises(Refused) as caught:
        client.appeal(bucket=bucket.name, key=key, appellant=f"of {key}")
    assert caught.value.reason is Reason.ALREADY_APPEALED


def test_reports_reach_what_waits(client: Artgate, bucket: Bucket, filed: Filed, key: str) -> None:
    client.appeal(image_id=filed.image, appellant=f"of {key}")
    client.signal(bucket.name, key, reports=3)


def test_what_is_stored_of_a_person_is_read_to_its_end(client: Artgate, filed: Filed, key: str) -> None:
    found = [(each.part, each.record["id"]) for each in client.records_of(f"of {key}")]
    assert ("pictures", str(filed.image)) in found
    assert found[-1][0] == "statements"


def test_a_person_is_forgotten(client: Artgate, filed: Filed, key: str) -> None:
    report = client.erase(uploader=f"of {key}")
    assert (report.state, report.erased["images"]) == ("done", 1)
    assert client.erasure(report.id) == report


def test_what_is_not_there_is_refused_with_the_servers_code(client: Artgate) -> None:
    for ask in (client.standing, client.verdict_of_image, client.appeal_standing, client.erasure):
        with pytest.raises(Refused) as caught:
            ask(new_id())
        assert (caught.value.code, caught.value.status) == ("not_found", 404)


def test_an_id_is_an_id(client: Artgate, bucket: Bucket, key: str) -> None:
    assert isinstance(client.post_event(bucket.name, key), UUID)


def test_reasons_are_asked_for_by_picture_and_by_decision(client: Artgate, filed: Filed) -> None:
    of_image = client.statement_of_image(filed.image)
    assert of_image == client.statement(of_image.id)
    assert of_image.automated_decision == "partially"
    assert "made by a generator" in of_image.facts
