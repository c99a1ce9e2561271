"""Forgetting a picture, an object and a person: what goes, what stays, and that the audit log still holds."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text, update

from db.base import Base
from db.models import (
    Appeal,
    AuditEntry,
    Erasure,
    ErasureScope,
    Event,
    Features,
    HumanLabel,
    Image,
    ItemState,
    KnownAnswer,
    Message,
    MessageKind,
    MessageState,
    Precedent,
    ReviewItem,
    Verdict,
)
from db.queries import erasures, known, outbox, ratings
from tests.servers import Bucket
from tests.worker.filing import Filed, file_event, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import Web, decided, finish, fresh_key, refused
from worker import erasure
from worker.audit.chainer import Chainer, keyring
from worker.audit.verifier import verify
from worker.clock import new_id
from worker.settings import Settings

KEY = "k" * 32


@pytest.fixture
def artist() -> str:
    return f"artist-{new_id().hex}"


def upload(sessions: Sessions, artist: str, key: str | None = None) -> Filed:
    """A picture of an artist whose scan has ended; it waits for a person."""
    with sessions.begin() as session:
        name = key or fresh_key()
        filed = file_uncertain(
            session, "uploads", name, uploader=artist, etag=new_id().hex, perceptual_hash=7, hash_contrast=9.0
        )
        session.execute(update(Event).where(Event.id == filed.event).values(uploader=artist))
        finish(session, filed)
    return filed


def erase(client: Web, body: dict[str, Any], key: str | None = None) -> Any:
    return client.post("/v1/erasures", json=body, headers={} if key is None else {"Idempotency-Key": key})


def tables_with(sessions: Sessions, word: str) -> set[str]:
    """Names of the tables that have a word in one of their rows."""
    with sessions() as session:
        rows = {
            name: session.scalars(select(func.to_jsonb(text(f'"{name}"'))).select_from(table)).all()
            for name, table in Base.metadata.tables.items()
        }
    return {name for name, found in rows.items() if word in str(found)}


def test_everything_of_a_picture_goes_and_its_counts_stay(
    client: Web, sessions: Sessions, artist: str, bucket: Bucket
) -> None:
    filed = upload(sessions, artist)
    bucket.put("sketch.png", b"sketch")
    decided(sessions, filed.item, HumanLabel.SYNTHETIC)
    shown = {"kind": "sketches", "bucket": bucket.name, "key": "sketch.png", "size": 6}
    appeal = {"image_id": str(filed.image), "appellant": artist, "statement": "mine", "evidence": [shown]}
    made = client.post("/v1/appeals", json=appeal).json()
    assert tables_with(sessions, artist) == {"images", "events", "appeals", "review_items"}

    answer = erase(client, {"image_id": str(filed.image)})

    assert answer.status_code == 202, answer.text
    report = answer.json()
    assert report["state"] == "done"
    assert report["erased"] == {
        "images": 1,
        "features": 1,
        "events": 1,
        "messages": 1,
        "items": 1,
        "notes": 1,
        "appeals": 1,
        "evidence": 1,
        "precedents": 1,
    }
    with sessions() as session:
        image = session.get_one(Image, filed.image)
        assert (image.uploader, image.etag, image.perceptual_hash) == (None, None, None)
        assert (image.sha256, image.key) == (bytes(32), f"erased/{filed.image}")
        assert session.get_one(Verdict, filed.verdict).features_id is None
        assert session.get(Features, filed.features) is None
        event = session.get_one(Event, filed.event)
        assert (event.uploader, event.key) == (None, f"erased/{filed.event}")
        item = session.get_one(ReviewItem, filed.item)
        assert (item.state, item.appealed_by) == (ItemState.WITHDRAWN, [])
        assert session.get_one(Appeal, made["id"]).appellant is None
        assert session.scalars(select(Precedent.decision_id).where(Precedent.hash == 7)).all() == []
        assert filed.image not in {each.image_id for each in ratings.labelled(session)}
    assert tables_with(sessions, artist) == set()


def test_the_verdict_of_an_erased_picture_is_a_count_without_a_name(
    client: Web, sessions: Sessions, artist: str
) -> None:
    key = fresh_key()
    filed = upload(sessions, artist, key)
    erase(client, {"image_id": str(filed.image)})
    told = client.get(f"/v1/images/{filed.image}/verdict").json()
    assert (told["label"], told["bucket"], told["key"]) == ("UNCERTAIN", None, None)
    assert told["erased_at"] is not None
    assert refused(client.get("/v1/objects/verdict", params={"bucket": "uploads", "key": key})) == (
        404,
        "not_found",
    )


def test_an_object_is_forgotten_in_all_its_versions_and_in_uploads_without_a_picture(
    client: Web, sessions: Sessions, artist: str
) -> None:
    key = fresh_key()
    first, second = upload(sessions, artist, key), None
    with sessions.begin() as session:
        session.execute(update(Event).where(Event.id == first.event).values(identity=new_id().bytes * 2))
    second = upload(sessions, artist, key)
    with sessions.begin() as session:
        session.execute(update(Event).where(Event.id == second.event).values(identity=new_id().bytes * 2))
        refused_upload = file_event(session, "uploads", key)
        session.execute(
            text(
                "UPDATE events SET state = 'refused', reason = 'corrupt', finished_at = now() WHERE id = :id"
            ),
            {"id": refused_upload},
        )
    report = erase(client, {"bucket": "uploads", "key": key}).json()
    assert (report["state"], report["erased"]["images"], report["erased"]["events"]) == ("done", 2, 3)
    assert refused(erase(client, {"bucket": "uploads", "key": key})) == (404, "not_found")


def test_a_person_is_forgotten_with_all_uploads_and_appeals_and_nobody_else_is(
    client: Web, sessions: Sessions, artist: str
) -> None:
    mine = [upload(sessions, artist) for _ in range(3)]
    other = f"other-{artist}"
    theirs = upload(sessions, other)
    decided(sessions, theirs.item, HumanLabel.SYNTHETIC)
    appeal = {"image_id": str(theirs.image), "appellant": artist, "statement": "that is my friend's"}
    made = client.post("/v1/appeals", json=appeal).json()

    report = erase(client, {"uploader": artist}).json()

    assert report["erased"]["images"] == 3
    assert report["erased"]["appeals"] == 1
    with sessions() as session:
        assert all(session.get_one(Image, each.image).erased_at for each in mine)
        assert session.get_one(Image, theirs.image).uploader == other
        assert session.get_one(ReviewItem, theirs.item).appealed_by == []
        assert session.get_one(Appeal, made["id"]).appellant is None
        assert session.get_one(Erasure, report["id"]).subject is None


def test_who_only_appealed_is_forgotten_too_also_in_answers_that_are_kept(
    client: Web, sessions: Sessions, artist: str, bucket: Bucket
) -> None:
    """By an appeal, and by a signal that named them; a second try of the appeal then tells nothing more."""
    theirs, signalled = (upload(sessions, f"other-{new_id().hex}") for _ in range(2))
    decided(sessions, theirs.item, HumanLabel.SYNTHETIC)
    bucket.put("proof.png", b"proof")
    shown = {"kind": "other", "bucket": bucket.name, "key": "proof.png", "size": 5}
    appeal = {"image_id": str(theirs.image), "appellant": artist, "evidence": [shown]}
    key = {"Idempotency-Key": str(new_id())}
    assert client.post("/v1/appeals", json=appeal, headers=key).status_code == 201
    with sessions.begin() as session:
        place = session.get_one(Image, signalled.image)
        signal = {"bucket": place.bucket, "key": place.key, "appealed_by": artist}
    assert client.post("/v1/signals", json=signal).status_code == 200
    assert tables_with(sessions, artist) == {"appeals", "review_items", "kept_answers"}

    report = erase(client, {"uploader": artist}).json()

    assert (report["state"], report["erased"]["appeals"], report["erased"]["evidence"]) == ("done", 1, 1)
    assert tables_with(sessions, artist) == set()
    again = client.post("/v1/appeals", json=appeal, headers=key)
    assert (again.status_code, again.json()["appellant"], again.json()["evidence"]) == (201, None, [])
    assert refused(erase(client, {"uploader": artist})) == (404, "not_found")


def test_messages_that_wait_are_not_sent_and_told_ones_tell_nothing(
    client: Web, sessions: Sessions, artist: str
) -> None:
    key = fresh_key()
    filed = upload(sessions, artist, key)
    payload = {"event_id": str(filed.event), "key": key, "bucket": "uploads"}
    told, waiting = new_id(), new_id()
    with sessions.begin() as session:
        for each in (told, waiting):
            outbox.add(session, each, f"uploads/{key}", MessageKind.VERDICT, payload)
        delivered = {"state": MessageState.DELIVERED, "delivered_at": func.now()}
        session.execute(update(Message).where(Message.id == told).values(**delivered))
    assert erase(client, {"image_id": str(filed.image)}).json()["erased"]["messages"] == 2
    with sessions() as session:
        assert session.get(Message, waiting) is None
        assert session.get_one(Message, told).payload == {"erased": True}


def test_what_is_being_scanned_cannot_be_forgotten_yet(client: Web, sessions: Sessions, artist: str) -> None:
    key = fresh_key()
    with sessions.begin() as session:
        file_event(session, "uploads", key)
    assert refused(erase(client, {"bucket": "uploads", "key": key})) == (409, "still_working")


def test_much_goes_on_by_itself_page_by_page(
    client: Web, sessions: Sessions, artist: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request stops after its share; the sweeper's rounds do the rest."""
    monkeypatch.setattr(erasure, "PAGE", 2)
    for _ in range(5):
        upload(sessions, artist)
    with sessions.begin() as session:
        subject = erasures.Subject(scope=ErasureScope.UPLOADER, uploader=artist)
        erasure_id = erasure.begin(session, subject, asked_by="platform")
    assert not erasure.proceed(sessions, erasure_id, pages=1)
    begun = client.get(f"/v1/erasures/{erasure_id}").json()
    assert (begun["state"], begun["erased"]["images"]) == ("running", 2)

    rounds = 0
    while erasure.proceed_oldest(sessions):
        rounds += 1
    assert client.get(f"/v1/erasures/{erasure_id}").json()["erased"]["images"] == 5
    assert client.get(f"/v1/erasures/{erasure_id}").json()["state"] == "done"
    assert rounds == 3


def test_a_second_try_gets_the_same_report(client: Web, sessions: Sessions, artist: str) -> None:
    filed, key = upload(sessions, artist), str(new_id())
    first = erase(client, {"image_id": str(filed.image)}, key)
    second = erase(client, {"image_id": str(filed.image)}, key)
    assert (first.json(), second.headers["idempotency-replayed"]) == (second.json(), "true")


def test_the_audit_log_holds_after_an_erasure_and_tells_of_it(
    client: Web, sessions: Sessions, settings: Settings, artist: str
) -> None:
    filed = upload(sessions, artist)
    decided(sessions, filed.item, HumanLabel.GENUINE)
    keys = keyring(settings.model_copy(update={"audit_keys": (SecretStr(KEY),)}))
    chainer = Chainer(sessions, keys)
    while chainer.chain():
        pass
    erasure_id = erase(client, {"uploader": artist}).json()["id"]
    while chainer.chain():
        pass
    with sessions() as session:
        assert verify(session, keys).findings == ()
        entries = session.scalars(select(AuditEntry.body).where(AuditEntry.kind == "erasure")).all()
    assert [each["state"] for each in entries if each["id"] == erasure_id] == ["running", "done"]


def test_a_question_with_a_known_answer_about_it_is_asked_no_more(
    client: Web, sessions: Sessions, artist: str
) -> None:
    filed = upload(sessions, artist)
    with sessions.begin() as session:
        known_id = known.add(session, new_id(), filed.image, HumanLabel.GENUINE)
    erase(client, {"image_id": str(filed.image)})
    with sessions() as session:
        assert session.get_one(KnownAnswer, known_id).retired_at is not None


@pytest.mark.parametrize("body", [{}, {"bucket": "b"}, {"uploader": ""}, {"uploader": "a", "key": "k"}])
def test_a_body_that_names_nothing_or_two_things_is_refused(client: Web, body: dict[str, str]) -> None:
    assert refused(erase(client, body)) == (422, "bad_request")


def test_who_is_not_known_cannot_be_forgotten(client: Web, artist: str) -> None:
    assert refused(erase(client, {"uploader": artist})) == (404, "not_found")
    assert refused(client.get(f"/v1/erasures/{new_id()}")) == (404, "not_found")
