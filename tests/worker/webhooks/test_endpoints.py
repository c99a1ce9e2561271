"""Several endpoints: each with its filter and its keys, from its adding to its removal."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from db.models import Message, MessageKind, MessageState
from db.queries import deliveries, delivery_log, endpoints, figures, outbox, partitions, retention, sweeps
from detector.reasons import Rejected
from tests.worker.inbox import Sessions
from tests.worker.receiver import Receiver
from tests.worker.relaying import add, deliver, log_of, replay, tell
from worker import signature
from worker.clock import unix_now
from worker.relay import Relay
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER
from worker.webhooks import endpoints as use


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
