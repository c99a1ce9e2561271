"""An artist's appeal, from its filing to its outcome."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update

from db.base import db_after
from db.models import Appeal, HumanLabel, ItemKind, Message, Note, ReviewItem, VerdictLabel
from db.queries import decisions, items, review
from tests.db import factories
from tests.servers import Bucket
from tests.worker.filing import file_event, file_image, file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import Web, decided, fresh_key, refused
from worker.clock import new_id


@pytest.fixture
def artist() -> str:
    return f"artist-{new_id().hex}"


def accused(sessions: Sessions, **image_facts: Any) -> Any:
    """A picture that ann has called SYNTHETIC; its rows."""
    with sessions.begin() as session:
        filed = file_uncertain(session, "uploads", fresh_key(), **image_facts)
    decided(sessions, filed.item, HumanLabel.SYNTHETIC)
    return filed


def file(client: Web, body: dict[str, Any], key: str | None = None) -> Any:
    return client.post("/v1/appeals", json=body, headers={} if key is None else {"Idempotency-Key": key})


def test_an_appeal_is_decided_by_someone_else_who_is_not_told_of_the_first_decision(
    client: Web, sessions: Sessions, artist: str
) -> None:
    filed = accused(sessions)
    appeal = file(client, {"image_id": str(filed.image), "appellant": artist, "statement": "I drew it"})
    assert appeal.status_code == 201, appeal.text
    made = appeal.json()
    assert (made["open"], made["outcome"], made["against"]) == (True, None, "SYNTHETIC")

    with sessions.begin() as session:
        assert review.claim(session, filed.item, "ann", lease_seconds=60) is None
        shown = items.get(session, filed.item)
        assert shown is not None
        assert (shown.decision, shown.cites) == (None, None)

    decided(sessions, filed.item, HumanLabel.GENUINE, by="ben")
    closed = client.get(f"/v1/appeals/{made['id']}").json()
    assert (closed["open"], closed["outcome"], closed["label"]) == (False, "overturned", "GENUINE")
    assert client.get(f"/v1/images/{filed.image}/verdict").json()["label"] == "GENUINE"
    with sessions() as session:
        told = session.scalars(select(Message.payload).where(Message.kind == "decision"))
        assert [each["label"] for each in told if each["item_id"] == str(filed.item)] == [
            "SYNTHETIC",
            "GENUINE",
        ]


def test_the_same_decision_again_upholds(client: Web, sessions: Sessions, artist: str) -> None:
    filed = accused(sessions)
    made = file(client, {"image_id": str(filed.image), "appellant": artist}).json()
    decided(sessions, filed.item, HumanLabel.SYNTHETIC, by="ben")
    assert client.get(f"/v1/appeals/{made['id']}").json()["outcome"] == "upheld"


def test_an_outcome_is_told_once_it_can_no_longer_be_taken_back(
    client: Web, sessions: Sessions, artist: str
) -> None:
    filed = accused(sessions)
    made = file(client, {"image_id": str(filed.image), "appellant": artist}).json()
    decided(sessions, filed.item, HumanLabel.GENUINE, by="ben", undo_seconds=60)
    assert client.get(f"/v1/appeals/{made['id']}").json()["open"] is True


def test_a_machines_verdict_that_nobody_looked_at_can_be_appealed(
    client: Web, sessions: Sessions, artist: str
) -> None:
    """Its item is new, and the artist's own account at the queue is kept from it."""
    key = fresh_key()
    with sessions.begin() as session:
        image = file_image(session, "uploads", key)
        verdict = factories.verdict(
            session, image, label=VerdictLabel.SYNTHETIC, label_before_veto=VerdictLabel.SYNTHETIC
        )
    made = file(client, {"bucket": "uploads", "key": key, "appellant": artist}).json()
    with sessions() as session:
        item = session.get_one(ReviewItem, made["item_id"])
        assert (item.verdict_id, item.appealed_by, item.routed_by) == (verdict, [artist], 0)
    assert made["against"] == "SYNTHETIC"
    decided(sessions, made["item_id"], HumanLabel.GENUINE)
    assert client.get(f"/v1/appeals/{made['id']}").json()["outcome"] == "overturned"


def test_evidence_is_kept_as_the_storage_has_it(
    client: Web, sessions: Sessions, artist: str, bucket: Bucket
) -> None:
    filed = accused(sessions)
    layers = b"layers"
    etag = bucket.put("layers.psd", layers)
    shown = {
        "kind": "layers",
        "bucket": bucket.name,
        "key": "layers.psd",
        "size": len(layers),
        "sha256": hashlib.sha256(layers).hexdigest(),
    }
    made = file(client, {"image_id": str(filed.image), "appellant": artist, "evidence": [shown]})
    assert made.status_code == 201, made.text
    assert made.json()["evidence"] == [shown | {"etag": etag, "version_id": None}]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"size": 7}, (422, "evidence_mismatch")),
        ({"key": "never.psd"}, (422, "object_missing")),
        ({"bucket": "elsewhere"}, (403, "bucket_not_allowed")),
        ({"kind": "rumour"}, (422, "bad_request")),
        ({"sha256": "ab"}, (422, "bad_request")),
    ],
)
def test_evidence_that_is_not_there_refuses_the_appeal_and_leaves_no_trace(
    client: Web,
    sessions: Sessions,
    artist: str,
    bucket: Bucket,
    change: dict[str, Any],
    expected: tuple[int, str],
) -> None:
    filed = accused(sessions)
    bucket.put("sketch.png", b"sketch")
    shown = {"kind": "sketches", "bucket": bucket.name, "key": "sketch.png", "size": 6} | change
    body = {"image_id": str(filed.image), "appellant": artist, "evidence": [shown]}
    assert refused(file(client, body)) == expected
    with sessions() as session:
        assert session.scalars(select(Appeal).where(Appeal.appellant == artist)).all() == []
        assert session.get_one(ReviewItem, filed.item).state.value == "decided"


def test_an_appeal_that_is_open_is_not_filed_twice_and_a_closed_one_can_be_followed_by_another(
    client: Web, sessions: Sessions, artist: str
) -> None:
    filed = accused(sessions)
    body = {"image_id": str(filed.image), "appellant": artist}
    assert file(client, body).status_code == 201
    assert refused(file(client, body)) == (409, "already_appealed")
    decided(sessions, filed.item, HumanLabel.SYNTHETIC, by="ben")
    assert file(client, body).status_code == 201


def test_a_person_files_so_many_appeals_a_day_and_no_more(
    client: Web, sessions: Sessions, artist: str
) -> None:
    """Two, by the settings of these tests; the next day there is room again."""
    bodies = [{"image_id": str(accused(sessions).image), "appellant": artist} for _ in range(3)]
    assert [file(client, body).status_code for body in bodies[:2]] == [201, 201]
    assert refused(file(client, bodies[2])) == (429, "appeal_limit")

    with sessions.begin() as session:
        session.execute(update(Appeal).where(Appeal.appellant == artist).values(created_at=db_after(-90_000)))
    assert file(client, bodies[2]).status_code == 201


def test_many_appeals_at_once_do_not_slip_past_the_limit(
    client: Web, sessions: Sessions, artist: str
) -> None:
    bodies = [{"image_id": str(accused(sessions).image), "appellant": artist} for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = [answer.status_code for answer in pool.map(lambda body: file(client, body), bodies)]
    assert sorted(statuses) == [201, 201, 429, 429, 429, 429]


def test_a_second_try_with_the_same_key_gets_the_first_answer(
    client: Web, sessions: Sessions, artist: str
) -> None:
    filed = accused(sessions)
    body, key = {"image_id": str(filed.image), "appellant": artist}, str(new_id())
    first, second = file(client, body, key), file(client, body, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert refused(file(client, body | {"statement": "another"}, key)) == (422, "idempotency_mismatch")


def test_a_refusal_can_be_put_right_under_the_same_key(
    client: Web, sessions: Sessions, artist: str, bucket: Bucket
) -> None:
    filed, key = accused(sessions), str(new_id())
    shown = {"kind": "other", "bucket": bucket.name, "key": f"late-{key}", "size": 4}
    body = {"image_id": str(filed.image), "appellant": artist, "evidence": [shown]}
    assert refused(file(client, body, key)) == (422, "object_missing")
    bucket.put(f"late-{key}", b"late")
    assert file(client, body, key).status_code == 201


def test_the_same_key_at_the_same_time_files_one_appeal(client: Web, sessions: Sessions, artist: str) -> None:
    filed, key = accused(sessions), str(new_id())
    body = {"image_id": str(filed.image), "appellant": artist}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: file(client, body, key), range(4)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    late = [refused(answer) for answer in answers if answer.status_code != 201]
    assert len(made) == 1
    assert set(late) <= {(409, "request_in_progress")}


def test_what_cannot_be_appealed_is_refused(client: Web, sessions: Sessions, artist: str) -> None:
    key = fresh_key()
    with sessions.begin() as session:
        file_event(session, "uploads", key)
        gone = file_uncertain(session, "uploads", fresh_key())
        review.withdraw(session, gone.item)
    who = {"appellant": artist}
    assert refused(file(client, who | {"image_id": str(new_id())})) == (404, "not_found")
    assert refused(file(client, who | {"bucket": "uploads", "key": key})) == (404, "not_found")
    assert refused(file(client, who | {"image_id": str(gone.image)})) == (409, "withdrawn")
    assert refused(file(client, who)) == (422, "bad_request")
    assert refused(client.get(f"/v1/appeals/{new_id()}")) == (404, "not_found")


def test_a_statement_is_a_text_that_can_be_erased(client: Web, sessions: Sessions, artist: str) -> None:
    filed = accused(sessions)
    made = file(client, {"image_id": str(filed.image), "appellant": artist, "statement": "I drew it"}).json()
    with sessions() as session:
        appeal = session.get_one(Appeal, made["id"])
        note = session.get_one(Note, appeal.statement_id)
        assert (note.body, decisions.id_of(session, filed.item, "ann", 1) is not None) == ("I drew it", True)


def test_a_refused_upload_that_people_have_judged_can_be_appealed(
    client: Web, sessions: Sessions, artist: str
) -> None:
    """It has no picture and no verdict, only their decision."""
    key = fresh_key()
    with sessions.begin() as session:
        event = file_event(session, "uploads", key)
        item = review.open_item(
            session,
            review.NewItem(
                id=new_id(), kind=ItemKind.REFUSAL, priority=0.5, event_id=event, reason="corrupt"
            ),
        )
    decided(sessions, item, HumanLabel.SYNTHETIC)
    made = file(client, {"bucket": "uploads", "key": key, "appellant": artist}).json()
    assert (made["against"], made["open"]) == ("SYNTHETIC", True)
    decided(sessions, item, HumanLabel.GENUINE, by="ben")
    assert client.get(f"/v1/appeals/{made['id']}").json()["outcome"] == "overturned"
