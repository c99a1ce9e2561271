"""A bundle on trial, at the real scanner: real database, real storage, real bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.models import (
    EventState,
    Message,
    ReviewItem,
    RolloutAction,
    ShadowVerdict,
    Verdict,
)
from tests.pictures import encode, flat
from tests.servers import Bucket
from tests.worker.inbox import Sessions, standing, take_in
from tests.worker.rollout.conftest import Register
from worker.clock import new_id
from worker.rollout import steps
from worker.rollout.traffic import place
from worker.scan import Scanner, open_scanner
from worker.settings import Settings

Scan = Callable[[str, str], UUID]
PICTURE = encode(flat(80, 90, (128, 128, 128)))


@pytest.fixture
def scanner(settings: Settings, sessions: Sessions) -> Iterator[Scanner]:
    with sessions() as session:
        url = session.get_bind().engine.url.render_as_string(hide_password=False)
    own = settings.model_copy(
        update={"database_url": type(settings.database_url)(url), "decode_memory": 2 << 30}
    )
    made = open_scanner(own, "host:1")
    yield made
    made.close()


@pytest.fixture
def scan(scanner: Scanner, sessions: Sessions, bucket: Bucket) -> Scan:
    """Scans an upload of a key and gives its event."""

    def run(key: str, etag: str) -> UUID:
        event = take_in(sessions, bucket.name, key, etag=etag)
        scanner.scan(event)
        assert standing(sessions, event).state is EventState.DONE
        return event

    return run


def put_on_trial(sessions: Sessions, bundle_id: str, action: RolloutAction, share: float) -> None:
    with sessions.begin() as session:
        for each in (RolloutAction.SHADOW, action):
            steps.take(session, each, bundle_id, person="ada", reason="tried", share=share)


def count(sessions: Sessions, table: type) -> int:
    with sessions() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def verdicts(sessions: Sessions, kind: type[Verdict] | type[ShadowVerdict]) -> dict[UUID, str]:
    with sessions() as session:
        return dict(session.execute(select(kind.image_id, kind.bundle_id)).all())


def test_a_shadow_looks_on_and_acts_on_nothing(
    sessions: Sessions, active: str, registered: Register, bucket: Bucket, scan: Scan
) -> None:
    """One verdict, one item, one message: as if it were not there."""
    trial = registered(1)
    put_on_trial(sessions, trial, RolloutAction.SHADOW, 1.0)
    key = f"{new_id()}.png"
    scan(key, bucket.put(key, PICTURE))

    assert set(verdicts(sessions, Verdict).values()) == {active}
    assert set(verdicts(sessions, ShadowVerdict).values()) == {trial}
    with sessions() as session:
        (beside,) = session.scalars(select(ShadowVerdict))
        (stands,) = session.scalars(select(Verdict))
        messages = list(session.scalars(select(Message)))
        items = list(session.scalars(select(ReviewItem)))
    assert (beside.verdict_id, beside.image_id) == (stands.id, stands.image_id)
    assert beside.shared_vector
    assert beside.stage_ms.keys() == {"ensemble", "beside"}, "the vector was measured once"
    assert [message.payload["verdict"] for message in messages] == [stands.label]
    assert len(items) == (stands.label == "UNCERTAIN")
    assert all(item.verdict_id == stands.id for item in items)


def test_a_canary_decides_its_share_of_the_images_and_always_the_same(
    sessions: Sessions, active: str, registered: Register, bucket: Bucket, scan: Scan
) -> None:
    """The other bundle looks on there, and only there."""
    trial = registered(1)
    put_on_trial(sessions, trial, RolloutAction.CANARY, 0.5)
    whose = {}
    for number in range(12):
        key = f"{number}.png"
        etag = bucket.put(key, PICTURE)
        whose[key] = trial if place(trial, bucket.name, key, etag) < 0.5 else active
        for _ in range(2):
            image = standing(sessions, scan(key, etag)).image_id
            assert image is not None
            assert verdicts(sessions, Verdict)[image] == whose[key]
            looked_on = active if whose[key] == trial else None
            assert verdicts(sessions, ShadowVerdict).get(image) == looked_on
    assert set(whose.values()) == {active, trial}, "both sides were met"
    assert count(sessions, Verdict) == 12
    assert count(sessions, Message) == 24, "each event is answered"


def test_a_bundle_on_trial_that_is_away_keeps_no_upload_waiting(
    sessions: Sessions, active: str, registered: Register, bucket: Bucket, scan: Scan, tmp_path: Path
) -> None:
    trial = registered(1)
    put_on_trial(sessions, trial, RolloutAction.CANARY, 1.0)
    (tmp_path / "bundle-1" / "svm.npz").unlink()
    key = f"{new_id()}.png"
    scan(key, bucket.put(key, PICTURE))
    assert set(verdicts(sessions, Verdict).values()) == {active}
    assert count(sessions, ShadowVerdict) == 0


def test_what_breaks_while_a_bundle_looks_on_leaves_the_verdict_as_it_is(
    sessions: Sessions,
    active: str,
    registered: Register,
    bucket: Bucket,
    scanner: Scanner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Running out of time, or an error that nobody foresaw, changes nothing of the event."""
    put_on_trial(sessions, registered(1), RolloutAction.SHADOW, 1.0)
    key = f"{new_id()}.png"
    event = take_in(sessions, bucket.name, key, etag=bucket.put(key, PICTURE))

    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("worker.rollout.beside._judge", breaks)
    with pytest.raises(ZeroDivisionError) as error:
        scanner.scan(event)
    scanner.broke(error.value)
    scanner.out_of_time()
    ended = standing(sessions, event)
    assert (ended.state, ended.attempts, ended.reason) == (EventState.DONE, 1, None)
    assert set(verdicts(sessions, Verdict).values()) == {active}
    assert (count(sessions, Message), count(sessions, ShadowVerdict)) == (1, 0)
