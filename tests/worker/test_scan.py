"""One event's way through the real scanner: real database, real storage, real bundle, no pool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from db.models import Event, EventKind, EventState, Features, Image, ItemKind, Message, ReviewItem, Verdict
from db.queries import claims
from detector import Picture
from detector.reasons import Fault, Reason, Transient
from tests.pictures import encode, flat, jpeg
from tests.servers import Bucket
from tests.worker.inbox import Sessions, standing, take_in
from worker.attempts import limits_of
from worker.clock import new_id
from worker.scan import Scanner, open_scanner
from worker.settings import Settings


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(
        update={
            "bundle": tiny_bundle,
            "max_bytes": 1 << 20,
            "max_pixels": 1_000_000,
            "decode_memory": 2 << 30,
        }
    )


@pytest.fixture(scope="module")
def scanner(settings: Settings) -> Iterator[Scanner]:
    made = open_scanner(settings, "host:1")
    made.warm_up()
    yield made
    made.close()


@pytest.fixture
def picture(bucket: Bucket, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Key and ETag of a fresh upload."""
    key = f"{request.node.name}.jpg"
    return key, bucket.put(key, jpeg(seed=len(key)))


def rows(sessions: Sessions, kind: type[Any], *where: Any) -> int:
    with sessions() as session:
        return session.execute(select(func.count()).select_from(kind).where(*where)).scalar_one()


def messages(sessions: Sessions, event_id: UUID) -> list[Message]:
    with sessions() as session:
        query = select(Message).where(Message.payload["event_id"].astext == str(event_id))
        return list(session.scalars(query.order_by(Message.position)))


def verdict_of(sessions: Sessions, event_id: UUID) -> Verdict:
    with sessions() as session:
        return session.execute(select(Verdict).where(Verdict.event_id == event_id)).scalar_one()


def test_a_picture_gets_a_verdict_its_vector_and_a_message(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, picture: tuple[str, str]
) -> None:
    key, etag = picture
    event_id = take_in(sessions, bucket.name, key, etag=etag)
    scanner.scan(event_id)
    assert standing(sessions, event_id).state is EventState.DONE
    verdict = verdict_of(sessions, event_id)
    assert {"fetch", "decode"} <= verdict.stage_ms.keys()
    (message,) = messages(sessions, event_id)
    assert (message.payload["verdict"], message.subject) == (verdict.label, f"{bucket.name}/{key}")
    asked = rows(sessions, ReviewItem, ReviewItem.verdict_id == verdict.id)
    assert asked == (1 if verdict.label == "UNCERTAIN" else 0)


@pytest.mark.parametrize(
    ("domain", "cell", "basis"),
    [("anime", "anime", "stated"), ("manga", "photo", "unmeasured"), (None, "photo", "unstated")],
)
def test_a_verdict_carries_the_rate_of_the_domain_that_its_event_states(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, domain: str | None, cell: str, basis: str
) -> None:
    """Bright pictures are SYNTHETIC to this bundle, which is worst at photographs."""
    key = f"{new_id()}.png"
    etag = bucket.put(key, encode(flat(80, 90, (220, 220, 220))))
    event_id = take_in(sessions, bucket.name, key, etag=etag, domain=domain)
    scanner.scan(event_id)
    warranty = verdict_of(sessions, event_id).warranty
    assert warranty is not None
    assert (warranty["domain"], warranty["tier"], warranty["basis"]) == (cell, "clean", basis)
    assert warranty["measure"] == "human_called_synthetic"
    assert messages(sessions, event_id)[0].payload["warranty"] == warranty


def test_the_same_object_version_is_judged_once_and_every_event_is_answered(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, picture: tuple[str, str]
) -> None:
    key, etag = picture
    first, second, unnamed = (
        take_in(sessions, bucket.name, key, etag=etag),
        take_in(sessions, bucket.name, key, etag=etag),
        take_in(sessions, bucket.name, key),
    )
    for event_id in (first, second, unnamed):
        scanner.scan(event_id)
    assert {standing(sessions, each).state for each in (first, second, unnamed)} == {EventState.DONE}
    image_id = standing(sessions, first).image_id
    assert standing(sessions, unnamed).image_id == image_id
    assert rows(sessions, Verdict, Verdict.image_id == image_id) == 1
    assert rows(sessions, Features, Features.image_id == image_id) == 1
    assert [len(messages(sessions, each)) for each in (first, second, unnamed)] == [1, 1, 1]


def test_scanning_an_ended_event_again_does_nothing(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, picture: tuple[str, str]
) -> None:
    key, etag = picture
    event_id = take_in(sessions, bucket.name, key, etag=etag)
    scanner.scan(event_id)
    scanner.scan(event_id)
    assert standing(sessions, event_id).attempts == 1
    assert len(messages(sessions, event_id)) == 1


def test_a_late_child_whose_lease_was_taken_over_writes_nothing(
    scanner: Scanner,
    sessions: Sessions,
    bucket: Bucket,
    picture: tuple[str, str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, etag = picture
    event_id = take_in(sessions, bucket.name, key, etag=etag)
    usual = scanner.decoder

    class Overtaken:
        def decode(self, data: bytes) -> Picture:
            _let_lease_run_out(sessions, event_id)
            _claim_by_another(sessions, event_id, settings)
            return usual.decode(data)

        def close(self) -> None:
            usual.close()

    monkeypatch.setattr(scanner, "decoder", Overtaken())
    scanner.scan(event_id)
    assert standing(sessions, event_id).state is EventState.CLAIMED
    assert rows(sessions, Image, Image.key == key) == 0
    assert messages(sessions, event_id) == []


def _let_lease_run_out(sessions: Sessions, event_id: UUID) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE events SET lease_until = now() WHERE id = :id"), {"id": event_id})


def _claim_by_another(sessions: Sessions, event_id: UUID, settings: Settings) -> None:
    with sessions.begin() as session:
        claim = claims.claim(
            session, event_id, holder="host:2", lease_seconds=60, limits=limits_of(settings), new_id=new_id
        )
    assert claim is not None


@pytest.mark.parametrize(
    ("name", "data", "reason", "asks_a_person"),
    [
        ("empty.png", b"", Reason.EMPTY, False),
        ("page.png", b"<!doctype html><p>not a picture", Reason.UNSUPPORTED_FORMAT, True),
        ("large.bin", bytes((1 << 20) + 1), Reason.TOO_MANY_BYTES, True),
        ("tiny.png", None, Reason.TOO_SMALL, False),
    ],
)
def test_a_refusal_is_an_answer(
    scanner: Scanner,
    sessions: Sessions,
    bucket: Bucket,
    name: str,
    data: bytes | None,
    reason: Reason,
    asks_a_person: bool,
) -> None:
    bucket.put(name, jpeg(20, 30) if data is None else data)
    event_id = take_in(sessions, bucket.name, name)
    scanner.scan(event_id)
    ended = standing(sessions, event_id)
    assert (ended.state, ended.reason) == (EventState.REFUSED, reason)
    (message,) = messages(sessions, event_id)
    assert (message.kind, message.payload["reason"]) == ("refusal", reason)
    items = rows(sessions, ReviewItem, ReviewItem.event_id == event_id, ReviewItem.kind == ItemKind.REFUSAL)
    assert items == asks_a_person


def test_an_object_that_is_gone_or_replaced_is_refused(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, picture: tuple[str, str]
) -> None:
    key, _ = picture
    missing = take_in(sessions, bucket.name, "nothing-here.png")
    replaced = take_in(sessions, bucket.name, key, etag="0" * 32)
    for event_id in (missing, replaced):
        scanner.scan(event_id)
    assert standing(sessions, missing).reason == Reason.OBJECT_MISSING
    assert standing(sessions, replaced).reason == Reason.OBJECT_CHANGED


def test_an_object_whose_removal_has_come_in_is_not_touched(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, picture: tuple[str, str]
) -> None:
    key, etag = picture
    created = take_in(sessions, bucket.name, key, etag=etag, sequencer_rank=f"{1:064X}")
    take_in(sessions, bucket.name, key, kind=EventKind.REMOVED, sequencer_rank=f"{2:064X}")
    scanner.scan(created)
    ended = standing(sessions, created)
    assert (ended.state, ended.reason) == (EventState.REFUSED, Reason.REMOVED)
    assert len(messages(sessions, created)) == 1


class Failing:
    """A storage or a bundle that fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def fetch(self, *_: object, **__: object) -> None:
        raise self._error

    def current(self) -> None:
        raise self._error


def test_a_storage_that_is_away_delays_and_in_the_end_gives_a_reason(
    scanner: Scanner,
    sessions: Sessions,
    bucket: Bucket,
    picture: tuple[str, str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, etag = picture
    event_id = take_in(sessions, bucket.name, key, etag=etag)
    away = Transient(Reason.STORAGE_UNAVAILABLE, "the storage is in trouble")
    monkeypatch.setattr(scanner, "_storage", Failing(away))
    scanner.scan(event_id)
    waiting = standing(sessions, event_id)
    assert (waiting.state, waiting.reason) == (EventState.RECEIVED, Reason.STORAGE_UNAVAILABLE)
    scanner.scan(event_id)
    assert standing(sessions, event_id).attempts == 1, "its time has not come"
    for _ in range(settings.max_retries - 1):
        _let_its_time_come(sessions, event_id)
        scanner.scan(event_id)
    ended = standing(sessions, event_id)
    assert (ended.state, ended.reason) == (EventState.DEAD, Reason.STORAGE_UNAVAILABLE)
    assert len(messages(sessions, event_id)) == 1


def test_a_fault_of_the_installation_is_held_against_no_event(
    scanner: Scanner,
    sessions: Sessions,
    bucket: Bucket,
    picture: tuple[str, str],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, etag = picture
    event_id = take_in(sessions, bucket.name, key, etag=etag)
    with monkeypatch.context() as broken:
        fault = Fault(Reason.WEIGHTS_MISSING, "the weights are not on this machine")
        broken.setattr(scanner, "_bundles", Failing(fault))
        for _ in range(settings.max_retries + settings.max_attempts):
            _let_its_time_come(sessions, event_id)
            scanner.scan(event_id)
    waiting = standing(sessions, event_id)
    assert (waiting.state, waiting.reason) == (EventState.RECEIVED, Reason.WEIGHTS_MISSING)
    _let_its_time_come(sessions, event_id)
    scanner.scan(event_id)
    ended = standing(sessions, event_id)
    assert (ended.state, ended.reason) == (EventState.DONE, None)


def _let_its_time_come(sessions: Sessions, event_id: UUID) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE events SET not_before = now() WHERE id = :id"), {"id": event_id})


def test_the_version_named_null_never_stands_for_another_picture(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, picture: tuple[str, str]
) -> None:
    key, etag = picture
    first = take_in(sessions, bucket.name, key, version_id="null", etag=etag)
    scanner.scan(first)
    newer = bucket.put(key, jpeg(seed=77))
    second = take_in(sessions, bucket.name, key, version_id="null", etag=newer)
    scanner.scan(second)
    assert standing(sessions, first).image_id != standing(sessions, second).image_id


def test_claims_count_before_the_picture_is_touched(
    scanner: Scanner,
    sessions: Sessions,
    bucket: Bucket,
    picture: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, etag = picture
    event_id = take_in(sessions, bucket.name, key, etag=etag)
    seen: list[int] = []

    class Watching:
        def decode(self, data: bytes) -> Picture:
            with sessions() as session:
                seen.append(session.execute(select(Event.attempts).where(Event.id == event_id)).scalar_one())
            return usual.decode(data)

        def close(self) -> None:
            usual.close()

    usual = scanner.decoder
    monkeypatch.setattr(scanner, "decoder", Watching())
    scanner.scan(event_id)
    assert seen == [1]
