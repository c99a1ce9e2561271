"""Several endpoints: each with its filter, its keys, its order and its pace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text, update

from db.base import db_now
from db.engine import make_engine, make_sessions
from db.models import Message, MessageKind, MessageState
from db.queries import (
    deliveries,
    delivery_log,
    endpoints,
    figures,
    outbox,
    partitions,
    retention,
    sweeps,
)
from db.queries.forgetting import forget_pictures
from detector.reasons import Rejected
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import finish
from tests.worker.receiver import Receiver, receiver
from worker import signature
from worker.clock import new_id, unix_now
from worker.relay import Relay
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER
from worker.webhooks import endpoints as use
from worker.webhooks.endpoints import Replay

HERE = ("127.0.0.1",)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    engine = make_engine(new_database())
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def relay(sessions: Sessions) -> Iterator[Relay]:
    settings = Settings(webhook_timeout=1.0, webhook_max_attempts=2)
    made = Relay(settings, sessions=sessions, dice=lambda: 1.0)
    yield made
    made.close()


@pytest.fixture
def platform() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


def add(sessions: Sessions, name: str, url: str, *events: str) -> str:
    with sessions.begin() as session:
        return use.add(session, name, url, events=events, networks=HERE)


def tell(
    sessions: Sessions,
    subject: str = "art/a.png",
    kind: MessageKind = MessageKind.VERDICT,
    wait: float = 0.0,
    **payload: Any,
) -> UUID:
    message_id = new_id()
    with sessions.begin() as session:
        outbox.add(session, message_id, subject, kind, payload, wait_seconds=wait)
    return message_id


def deliver(relay: Relay) -> None:
    while relay.deliver_due():
        pass


def let_time_pass(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE webhook_deliveries SET not_before = now()"))
        session.execute(text("UPDATE webhook_endpoints SET rest_until = NULL"))


def replay(sessions: Sessions, name: str, **which: Any) -> int:
    with sessions.begin() as session:
        return use.replay(session, name, Replay(**which))


def log_of(sessions: Sessions) -> list[delivery_log.Attempt]:
    with sessions() as session:
        return delivery_log.latest(session, limit=100)


def test_each_endpoint_is_told_what_it_asked_for(
    relay: Relay, sessions: Sessions, platform: Receiver, other: Receiver
) -> None:
    add(sessions, "all", platform.url)
    add(sessions, "some", other.url, "decision.synthetic", "refusal")
    told = [
        tell(sessions, kind=MessageKind.VERDICT, verdict="SYNTHETIC"),
        tell(sessions, kind=MessageKind.DECISION, label="GENUINE"),
        tell(sessions, kind=MessageKind.DECISION, label="SYNTHETIC"),
        tell(sessions, kind=MessageKind.REFUSAL, reason="corrupt"),
    ]
    deliver(relay)
    assert [got.json["delivery"] for got in platform.requests] == [str(each) for each in told]
    assert [got.json["delivery"] for got in other.requests] == [str(each) for each in told[2:]]


def test_messages_are_signed_with_both_live_keys_of_their_endpoint(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    keys = [add(sessions, "all", platform.url)]
    for _ in range(2):
        with sessions.begin() as session:
            keys.append(use.rotate(session, "all", alone=False))
    tell(sessions)
    deliver(relay)
    (got,) = platform.requests
    for live in keys[1:]:
        signature.verify(got.headers[SIGNATURE_HEADER], got.body, (live,), unix_now())
    with pytest.raises(Rejected):
        signature.verify(got.headers[SIGNATURE_HEADER], got.body, (keys[0],), unix_now())


def test_a_leaked_key_signs_nothing_more(relay: Relay, sessions: Sessions, platform: Receiver) -> None:
    leaked = add(sessions, "all", platform.url)
    with sessions.begin() as session:
        fresh = use.rotate(session, "all", alone=True)
        found = endpoints.id_of(session, "all")
        assert found is not None
        assert endpoints.live_keys(session, found) == (fresh,)
    tell(sessions)
    deliver(relay)
    with pytest.raises(Rejected):
        signature.verify(
            platform.requests[0].headers[SIGNATURE_HEADER], platform.requests[0].body, (leaked,), unix_now()
        )


def test_messages_of_one_image_never_overtake_each_other(
    relay: Relay, sessions: Sessions, platform: Receiver, other: Receiver
) -> None:
    add(sessions, "one", platform.url)
    add(sessions, "two", other.url)
    for number in range(5):
        tell(sessions, "art/a.png", n=number)
        tell(sessions, "art/b.png", n=number + 100)
    failed: set[int] = set()

    def fail_each_once(body: dict[str, Any]) -> int:
        new = body["n"] < 100 and body["n"] not in failed
        failed.add(body["n"])
        return 500 if new else 200

    platform.answer = fail_each_once
    deliver(relay)
    assert [got.json["n"] for got in other.taken if got.json["n"] < 100] == list(range(5))
    for _ in range(6):
        let_time_pass(sessions)
        deliver(relay)
    order = [got.json["n"] for got in platform.taken]
    assert [n for n in order if n < 100] == list(range(5))
    assert [n for n in order if n >= 100] == list(range(100, 105))


def test_an_endpoint_that_is_away_rests_and_holds_nobody_up(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "away", "http://127.0.0.1:9/")
    add(sessions, "here", platform.url)
    for number in range(12):
        tell(sessions, f"art/{number}.png", n=number)
    deliver(relay)
    assert len(platform.taken) == 12
    tries = [line for line in log_of(sessions) if line.endpoint == "away"]
    assert len(tries) == 4, "one round, and then it is left alone"
    let_time_pass(sessions)
    relay.deliver_due()
    assert len([line for line in log_of(sessions) if line.endpoint == "away"]) == 5, "a single one asks again"


def test_what_may_be_taken_back_is_kept_back_and_so_is_what_follows_it(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    decision = tell(sessions, kind=MessageKind.DECISION, wait=60, n=1)
    tell(sessions, n=2)
    tell(sessions, "art/b.png", n=3)
    deliver(relay)
    assert [got.json["n"] for got in platform.taken] == [3]
    with sessions.begin() as session:
        session.execute(update(Message).where(Message.id == decision).values(told_from=db_now()))
    deliver(relay)
    assert [got.json["n"] for got in platform.taken] == [3, 1, 2]


def test_what_was_given_up_is_sent_again_on_demand_under_its_id(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    message = tell(sessions, n=1)
    platform.answer = lambda _: 500
    for _ in range(3):
        deliver(relay)
        let_time_pass(sessions)
    with sessions() as session:
        (overview,) = endpoints.everything(session)
    assert (overview.pending, overview.dead) == (0, 1)
    platform.answer = lambda _: 200
    assert replay(sessions, "all") == 1
    assert replay(sessions, "all") == 0, "it waits already"
    deliver(relay)
    (got,) = platform.taken
    assert got.json["delivery"] == str(message)
    assert [line.outcome for line in log_of(sessions)] == ["delivered", "dead", "failed"]


def test_a_replayed_message_is_tried_as_often_as_a_new_one(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    tell(sessions)
    platform.answer = lambda _: 500
    for again in range(2):
        for _ in range(3):
            deliver(relay)
            let_time_pass(sessions)
        assert len(platform.requests) == 2 * (again + 1)
        replay(sessions, "all")


def test_an_endpoint_gets_on_demand_what_was_before_it_and_what_it_missed(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    tell(sessions, n=1)
    deliver(relay)
    add(sessions, "all", platform.url, "verdict")
    deliver(relay)
    assert platform.requests == [], "it is told of what comes from now on"
    with sessions.begin() as session:
        endpoints.disable(session, use.known(session, "all"))
    tell(sessions, n=2)
    tell(sessions, kind=MessageKind.REFUSAL, n=3)
    tell(sessions, "art/kept.png", wait=60, n=4)
    deliver(relay)
    with sessions.begin() as session:
        endpoints.enable(session, use.known(session, "all"))
    assert replay(sessions, "all", since=LONG_AGO) == 2
    deliver(relay)
    assert [got.json["n"] for got in platform.taken] == [1, 2]


def test_a_single_delivery_is_sent_again_though_it_arrived(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    first, _ = tell(sessions, n=1), tell(sessions, n=2)
    deliver(relay)
    assert replay(sessions, "all", delivery=first) == 1
    deliver(relay)
    assert [got.json["n"] for got in platform.taken] == [1, 2, 1]


def test_a_removed_endpoint_leaves_nothing_behind(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    tell(sessions)
    deliver(relay)
    with sessions.begin() as session:
        endpoints.remove(session, use.known(session, "all"))
    with sessions() as session:
        left = [
            session.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("webhook_endpoints", "webhook_keys", "webhook_deliveries", "webhook_attempts")
        ]
    assert left == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "url", "events", "says"),
    [
        ("Über", "https://a.example/", (), "can't name an endpoint"),
        ("settings", "https://a.example/", (), "can't name an endpoint"),
        ("a", "ftp://a.example/", (), "begins with http"),
        (
            "a",
            "http://10.0.0.1/",
            (),
            "is not a public address; if it is meant, say so with --allow 10.0.0.1",
        ),
        ("a", "http://[::ffff:7f00:1]/", (), "is not a public address"),
        ("a", "https://a.example/", ("verdicts",), "there is no event 'verdicts'"),
        ("taken", "https://a.example/", (), "there is an endpoint 'taken' already"),
    ],
)
def test_an_endpoint_that_can_not_be_is_refused_in_one_sentence(
    sessions: Sessions, name: str, url: str, events: tuple[str, ...], says: str
) -> None:
    add(sessions, "taken", "https://b.example/")
    with sessions.begin() as session, pytest.raises(Rejected, match=says):
        use.add(session, name, url, events=events, networks=())


def test_without_a_url_in_the_settings_a_message_leaves_the_outbox_with_its_deliveries(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    """With nobody to tell it stays."""
    kept = tell(sessions)
    deliver(relay)
    add(sessions, "all", platform.url)
    left = tell(sessions, "art/b.png")
    platform.answer = lambda _: 500
    deliver(relay)
    with sessions() as session:
        assert session.get_one(Message, kept).state is MessageState.PENDING
        assert session.get_one(Message, left).state is MessageState.DELIVERED
        waiting = figures.messages_pending(session)
    assert waiting.count == 2, "the one that was kept, and the one that the endpoint is owed"


def test_the_url_of_the_settings_and_an_endpoint_are_both_told(
    sessions: Sessions, platform: Receiver, other: Receiver
) -> None:
    add(sessions, "other", other.url)
    message = tell(sessions)
    settings = Settings(webhook_url=platform.url, webhook_secret=SecretStr("s"))
    relay = Relay(settings, sessions=sessions)
    deliver(relay)
    relay.close()
    assert [got.json["delivery"] for got in (*platform.requests, *other.requests)] == [str(message)] * 2
    assert replay(sessions, "settings", delivery=message) == 1
    assert sorted({line.endpoint or "settings" for line in log_of(sessions)}) == ["other", "settings"]


def test_what_was_erased_is_told_to_nobody_and_never_again(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    with sessions.begin() as session:
        filed = file_uncertain(session, "art", "a.png")
    tell(sessions, "art/a.png", event_id=str(filed.event), n=1)
    platform.answer = lambda _: 500
    deliver(relay)
    with sessions.begin() as session:
        finish(session, filed)
        forget_pictures(session, [filed.image])
    platform.answer = lambda _: 200
    let_time_pass(sessions)
    deliver(relay)
    assert platform.taken == []
    assert replay(sessions, "all", since=LONG_AGO) == 0


def test_the_workers_role_may_do_all_of_it(sessions: Sessions, relay: Relay, platform: Receiver) -> None:
    add(sessions, "all", platform.url)
    tell(sessions)
    with sessions.begin() as session:
        session.execute(
            text(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'some_worker') THEN"
                " CREATE ROLE some_worker; END IF; END $$"
            )
        )
        session.execute(text("SELECT grant_worker('some_worker')"))
    with sessions() as session:
        session.execute(text("SET LOCAL ROLE some_worker"))
        endpoint = use.known(session, "all")
        use.rotate(session, "all", alone=False)
        assert deliveries.spread(session, limit=9, close=False) == 1
        (due,) = deliveries.take_due(session, endpoint, limit=9, lease_seconds=9)
        assert outbox.delivered(session, due.id, due.attempt, endpoint)
        delivery_log.note(
            session, endpoint, due.id, 1, outcome="delivered", status=200, seconds=0.1, error=None
        )
        assert retention.forget_attempts(session, older_seconds=-60, limit=9) == 0, "it lies in a partition"
        assert retention.forget_deliveries(session, older_seconds=-60, limit=9) == 1
        moment = sweeps.moment(session)
        assert not partitions.make(session, "webhook_attempts", next(partitions.weeks(moment, ahead=0)))
        assert partitions.drop(session, "webhook_attempts", before=moment) is None
        endpoints.remove(session, endpoint)
        session.rollback()


def test_two_relays_never_queue_or_send_one_message_twice(sessions: Sessions, platform: Receiver) -> None:
    add(sessions, "all", platform.url)
    for number in range(30):
        tell(sessions, f"art/{number % 5}.png", n=number)
    relays = [Relay(Settings(webhook_timeout=5.0), sessions=sessions) for _ in range(2)]
    threads = [threading.Thread(target=deliver, args=(each,)) for each in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in relays:
        deliver(each)
        each.close()
    order = [got.json["n"] for got in platform.taken]
    assert sorted(order) == list(range(30))
    for subject in range(5):
        own = [n for n in order if n % 5 == subject]
        assert own == sorted(own)
