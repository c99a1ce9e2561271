"""Events into rows, on real PostgreSQL: what is received, noted and refused, and what is the same."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from db.models.events import EventKind, EventState, WorkQueue
from db.queries import claims, outbox
from db.queries.attempts import AttemptLimits
from detector.reasons import Reason, Rejected
from tests.worker.inbox import Sessions, standing
from worker.clock import new_id
from worker.intake import Intake, Waiting
from worker.notifications import Kind, Record, System, ranks

LIMITS = AttemptLimits(deaths=3, losses=3, transients=3, review_priority=0.5)


class Told(list[Waiting]):
    """Remembers what was announced."""

    def __call__(self, waiting: Sequence[Waiting]) -> None:
        self.extend(waiting)

    @property
    def ids(self) -> list[UUID]:
        return [event.id for event in self]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def intake(sessions: Sessions, told: Told) -> Intake:
    return Intake(sessions, buckets=("uploads",), announce=told)


def record(key: str, kind: Kind = Kind.CREATED, *, bucket: str | None = "uploads", **others: Any) -> Record:
    sequencer = others.get("sequencer")
    known: dict[str, Any] = {
        "system": System.PLAIN,
        "order": System.PLAIN,
        "mark": sequencer or "",
        "sequencer_rank": ranks.of_hexadecimal(sequencer),
    }
    return Record(kind=kind, bucket=bucket, key=key, **(known | others))


def unique() -> str:
    return f"{new_id()}.png"


def claim(sessions: Sessions, event_id: UUID) -> bool:
    with sessions.begin() as session:
        taken = claims.claim(
            session, event_id, holder="a test", lease_seconds=60, limits=LIMITS, new_id=new_id
        )
    return taken is not None


def test_an_upload_waits_for_its_scan_and_is_announced(
    intake: Intake, sessions: Sessions, told: Told
) -> None:
    """Committed first: whoever is told of it can claim it."""
    (event_id,) = intake.accept([record(unique(), etag="e")], WorkQueue.RESCAN)
    assert standing(sessions, event_id).state is EventState.RECEIVED
    assert told == [Waiting(event_id, WorkQueue.RESCAN)]
    assert claim(sessions, event_id)


@pytest.mark.parametrize("kind", [Kind.REMOVED, Kind.TEST, Kind.OTHER])
def test_what_asks_for_no_scan_is_noted(intake: Intake, sessions: Sessions, told: Told, kind: Kind) -> None:
    """It has an id and an end, and no message."""
    (event_id,) = intake.accept([record(unique(), kind)])
    found = standing(sessions, event_id)
    assert (found.kind, found.state) == (EventKind(kind.value), EventState.NOTED)
    assert found.finished_at is not None
    assert told == []


def test_a_test_event_may_name_any_bucket_or_none(intake: Intake, sessions: Sessions) -> None:
    """It asks for nothing."""
    for bucket in ("elsewhere", None):
        noted = Record(system=System.AWS_S3, order=System.AWS_S3, kind=Kind.TEST, bucket=bucket)
        assert standing(sessions, intake.accept([noted])[0]).state is EventState.NOTED


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record("a.png", bucket="elsewhere"), Reason.BUCKET_NOT_ALLOWED),
        (record("a.png", Kind.REMOVED, bucket="elsewhere"), Reason.BUCKET_NOT_ALLOWED),
        (record("a.png", bucket=""), Reason.BAD_EVENT),
        (record("a.png", bucket=None), Reason.BAD_EVENT),
        (record(""), Reason.BAD_EVENT),
    ],
)
def test_a_batch_with_nothing_in_it_that_can_be_taken_leaves_no_trace(
    intake: Intake, sessions: Sessions, told: Told, bad: Record, reason: Reason
) -> None:
    """One reason for all, the first one's."""
    before = count(sessions)
    with pytest.raises(Rejected) as caught:
        intake.accept([bad, bad])
    assert caught.value.reason is reason
    assert (count(sessions), told) == (before, [])


def test_a_record_that_is_refused_costs_its_neighbours_nothing(
    intake: Intake, sessions: Sessions, told: Told
) -> None:
    """It ends in its reason, and the platform is told."""
    good, foreign, nameless = record(unique()), record(unique(), bucket="elsewhere"), record("z", bucket="")
    ids = intake.accept([foreign, good, nameless])
    found = [standing(sessions, event_id) for event_id in ids]
    assert [event.state for event in found] == [EventState.REFUSED, EventState.RECEIVED, EventState.REFUSED]
    assert [event.reason for event in found] == [Reason.BUCKET_NOT_ALLOWED, None, Reason.BAD_EVENT]
    assert told.ids == [ids[1]]
    with sessions.begin() as session:
        due = outbox.take_due(session, limit=1000, lease_seconds=60)
    assert [m.payload["reason"] for m in due if m.payload["event_id"] == str(ids[0])] == [
        "bucket_not_allowed"
    ]
    assert intake.accept([foreign, good, nameless]) == ids


def test_the_same_event_twice_is_one(intake: Intake, sessions: Sessions, told: Told) -> None:
    """Also within a batch, and after its work is done; it is announced once."""
    event = record(unique(), etag="e", sequencer="0A")
    ids = intake.accept([event, event])
    assert claim(sessions, ids[0])
    ids += intake.accept([record(unique()), event])
    assert ids[0] == ids[1] == ids[3] != ids[2]
    assert told.ids == [ids[0], ids[2]]


def test_many_at_once_agree_on_one_id(intake: Intake, told: Told) -> None:
    """A sender that tries again while the first try is under way; batches in any order."""
    events = [record(unique(), etag="e") for _ in range(20)]
    gate = threading.Barrier(8)

    def post(number: int) -> dict[str | None, UUID]:
        gate.wait()
        batch = events if number % 2 else events[::-1]
        return dict(zip((event.key for event in batch), intake.accept(batch), strict=True))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert sorted(told.ids) == sorted(answers[0].values())


def test_a_bare_event_is_the_one_that_waits(intake: Intake, sessions: Sessions) -> None:
    """The scan that is to come will read what is there by then."""
    key = unique()
    first = intake.submit("uploads", key)
    make_older(sessions, first)
    assert intake.submit("uploads", key) == first


def test_a_bare_event_is_another_once_the_first_is_past(intake: Intake, sessions: Sessions) -> None:
    """An object that was replaced under its key is looked at again; a sender's second try is not."""
    key = unique()
    ids = [intake.submit("uploads", key)]
    for _ in range(3):
        assert claim(sessions, ids[-1])
        assert intake.submit("uploads", key) == ids[-1], "within a minute"
        make_older(sessions, ids[-1])
        ids.append(intake.submit("uploads", key))
    assert len(set(ids)) == 4


def test_the_largest_batch_is_taken(intake: Intake) -> None:
    """Ten thousand bare events: what asks for them all at once must not be more than PostgreSQL parses."""
    batch = [record(f"{new_id()}") for _ in range(10_000)]
    ids = intake.accept(batch)
    assert len(set(ids)) == len(batch)
    assert intake.accept(batch) == ids


def test_an_event_with_a_version_is_known_for_ever(intake: Intake, sessions: Sessions) -> None:
    """However late it comes again."""
    key = unique()
    first = intake.submit("uploads", key, version_id="v")
    assert claim(sessions, first)
    make_older(sessions, first)
    assert intake.submit("uploads", key, version_id="v") == first
    assert intake.submit("uploads", key, version_id="v2") != first


@pytest.mark.parametrize("wrong", [{"key": "k\0"}, {"key": "k" * 1025}, {"size": -1}, {"etag": "\ud800"}])
def test_what_no_database_can_store_is_refused(intake: Intake, wrong: dict[str, Any]) -> None:
    """Also where it does not come as JSON."""
    with pytest.raises(Rejected) as caught:
        intake.submit(**({"bucket": "uploads", "key": "k"} | wrong))
    assert caught.value.reason is Reason.BAD_EVENT


def test_a_later_upload_ends_an_earlier_one_that_waits(
    intake: Intake, sessions: Sessions, told: Told
) -> None:
    """Whichever arrives first."""
    for order in ((0, 1), (1, 0)):
        key, told[:] = unique(), []
        events = [record(key, sequencer="0A"), record(key, sequencer="0B")]
        ids = {n: intake.accept([events[n]])[0] for n in order}
        assert standing(sessions, ids[0]).reason == Reason.SUPERSEDED
        assert standing(sessions, ids[1]).state is EventState.RECEIVED
        assert told.ids[-1] == (ids[1] if order == (0, 1) else told.ids[0])
        assert (ids[0] in told.ids) is (order == (0, 1)), "what was overtaken on arrival needs no message"


def test_a_removal_ends_work_that_has_not_begun(intake: Intake, sessions: Sessions) -> None:
    """What has begun goes on; a removal that is older than the upload ends nothing."""
    key, busy, kept = unique(), unique(), unique()
    waiting, working = intake.accept([record(key, sequencer="0A"), record(busy, sequencer="0A")])
    assert claim(sessions, working)
    intake.accept([record(name, Kind.REMOVED, sequencer="0B") for name in (key, busy)])
    intake.accept([record(kept, Kind.REMOVED, sequencer="0A")])
    (later,) = intake.accept([record(kept, sequencer="0B")])
    assert standing(sessions, waiting).reason == Reason.REMOVED
    assert standing(sessions, working).state is EventState.CLAIMED
    assert standing(sessions, later).state is EventState.RECEIVED


def make_older(sessions: Sessions, event_id: UUID) -> None:
    with sessions.begin() as session:
        session.execute(
            text("UPDATE events SET received_at = received_at - interval '2 minutes' WHERE id = :id"),
            {"id": event_id},
        )


def count(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.execute(text("SELECT count(*) FROM events")).scalar_one())
