"""What children, parent and relay tell whoever counts: every end, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from db.engine import make_engine, make_sessions
from db.models import MessageKind
from db.queries import outbox
from detector.reasons import Fault, Reason, Transient
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.inbox import Sessions, take_in
from tests.worker.receiver import Receiver
from worker.clock import new_id
from worker.monitoring.metrics import RelayMetrics
from worker.monitoring.telling import ChildEnd, Ended, ScanOutcome, ScanSeen, Told
from worker.relay import Relay
from worker.scan import Scanner, open_scanner
from worker.settings import Settings
from worker.tasks.parent import Parent

Seen = list[ScanSeen]


@pytest.fixture(scope="module")
def seen() -> Seen:
    return []


@pytest.fixture(scope="module")
def scanner(settings: Settings, tiny_bundle: Path, seen: Seen) -> Iterator[Scanner]:
    made = open_scanner(settings.model_copy(update={"bundle": tiny_bundle}), "host:1", seen.append)
    yield made
    made.close()


class Failing:
    """Any part of a scanner, which fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _: str) -> object:
        raise self._error


def test_every_way_in_which_a_claim_ends_is_told_once(
    scanner: Scanner, sessions: Sessions, bucket: Bucket, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = bucket.put("good.jpg", jpeg(80, 80)), bucket.put("bad.jpg", b"no picture")
    scanner.scan(take_in(sessions, bucket.name, "good.jpg", etag=good))
    scanner.scan(take_in(sessions, bucket.name, "good.jpg", etag=good))
    scanner.scan(take_in(sessions, bucket.name, "bad.jpg", etag=bad))
    for part, error in (
        ("_storage", Transient(Reason.STORAGE_UNAVAILABLE, "away")),
        ("_bundles", Fault(Reason.WEIGHTS_MISSING, "no weights")),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(scanner, part, Failing(error))
            scanner.scan(take_in(sessions, bucket.name, f"{part}.jpg", etag="e"))
    with monkeypatch.context() as broken:
        broken.setattr(scanner, "_storage", Failing(ZeroDivisionError()))
        with pytest.raises(ZeroDivisionError):
            scanner.scan(take_in(sessions, bucket.name, "broke.jpg", etag="e"))
        scanner.broke(ZeroDivisionError())
    scanner.scan(new_id())

    assert [(each.outcome, each.reason) for each in seen] == [
        (ScanOutcome.VERDICT, None),
        (ScanOutcome.KNOWN, None),
        (ScanOutcome.REFUSED, Reason.UNSUPPORTED_FORMAT),
        (ScanOutcome.RETRY, Reason.STORAGE_UNAVAILABLE),
        (ScanOutcome.FAULT, Reason.WEIGHTS_MISSING),
        (ScanOutcome.BROKE, Reason.INTERNAL_ERROR),
    ]
    verdict, known = seen[:2]
    assert verdict.label in {"GENUINE", "UNCERTAIN", "SYNTHETIC"}
    assert {"fetch", "decode", "features", "ensemble"} <= verdict.stage_ms.keys()
    assert verdict.seconds > sum(verdict.stage_ms.values()) / 1000
    assert known.label is None, "a verdict is counted once"


class Listener:
    """Takes what the parent tells."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def tell(self, told: Told) -> None:
        self.told.append(told)

    def turned(self, children: int) -> None:
        raise AssertionError("its loop does not run here")


def test_a_parent_tells_of_children_that_died_or_were_killed(settings: Settings, sessions: Sessions) -> None:
    listener = Listener()
    parent = Parent(settings, listener)
    event_id = take_in(sessions, "art", "a.png")
    parent.died(event_id, 1)
    parent.killed(event_id, 1)
    parent.lost_backfill(new_id(), 1, killed=False)
    died, killed = Ended(cause=ChildEnd.DIED), Ended(cause=ChildEnd.KILLED)
    assert listener.told == [died, killed, died]


def test_a_relay_counts_what_was_delivered_what_failed_and_what_was_given_up(
    new_database: Callable[[], str], platform: Receiver
) -> None:
    engine = make_engine(new_database())
    sessions = make_sessions(engine)
    registry = CollectorRegistry()
    own = Settings(webhook_url=platform.url, webhook_secret=SecretStr("s"), webhook_max_attempts=1)
    metrics = RelayMetrics(registry)
    relay = Relay(own, sessions=sessions, metrics=metrics)
    patient = Relay(own.model_copy(update={"webhook_max_attempts": 9}), sessions=sessions, metrics=metrics)
    for answer, each in ((200, relay), (500, patient), (500, relay)):
        platform.answer = lambda _, answer=answer: answer  # type: ignore[misc]
        with sessions.begin() as session:
            outbox.add(session, new_id(), f"art/{new_id()}.png", MessageKind.VERDICT, {})
        each.deliver_due()
    relay.close()
    patient.close()
    engine.dispose()
    counted = {
        outcome: registry.get_sample_value("artgate_deliveries_total", {"outcome": outcome})
        for outcome in ("delivered", "failed", "dead")
    }
    assert counted == {"delivered": 1, "failed": 1, "dead": 1}
    assert registry.get_sample_value("artgate_delivery_seconds_count") == 3
