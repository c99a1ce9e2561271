"""The relay: a real outbox, a real receiver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from db.models.outbox import Message, MessageState
from db.queries import outbox
from detector.reasons import Fault
from tests.worker.inbox import Sessions
from tests.worker.receiver import Receiver
from tests.worker.relaying import deliver, failing_once_below_100, give_up, let_time_pass, numbers, tell
from worker import signature
from worker.clock import unix_now
from worker.relay import DELIVERY_HEADER, Relay
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER

SECRET = "of the webhook"
TRIES = 3


@pytest.fixture
def sessions(own_sessions: Sessions) -> Sessions:
    """A database for each test: the relay takes everything that is due."""
    return own_sessions


@pytest.fixture
def relay(sessions: Sessions, platform: Receiver) -> Iterator[Relay]:
    with open_relay(sessions, webhook_url=platform.url) as made:
        yield made


class open_relay:  # noqa: N801 - read as a function
    """A relay with short patience."""

    def __init__(self, sessions: Sessions, **others: Any) -> None:
        named: dict[str, Any] = {
            "webhook_secret": SECRET,
            "webhook_timeout": 1.0,
            "webhook_max_attempts": TRIES,
        }
        self._relay = Relay(Settings(**(named | others)), sessions=sessions, dice=lambda: 1.0)

    def __enter__(self) -> Relay:
        return self._relay

    def __exit__(self, *_: object) -> None:
        self._relay.close()


def message(sessions: Sessions, message_id: UUID) -> Message:
    with sessions() as session:
        return session.execute(select(Message).where(Message.id == message_id)).scalar_one()


def test_a_message_reaches_the_receiver_signed_and_with_its_delivery_id(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    message_id = tell(sessions, verdict="GENUINE", key="ü.png")
    deliver(relay)
    (got,) = platform.requests
    signature.verify(got.headers[SIGNATURE_HEADER], got.body, (SECRET,), unix_now())
    assert got.headers[DELIVERY_HEADER] == str(message_id) == got.json["delivery"]
    assert (got.json["type"], got.json["verdict"], got.json["key"]) == ("verdict", "GENUINE", "ü.png")
    assert message(sessions, message_id).state is MessageState.DELIVERED


def test_a_receiver_that_fails_and_recovers_gets_the_same_delivery_again(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    message_id = tell(sessions, n=1)
    platform.answer = lambda _: 503
    deliver(relay)
    waiting = message(sessions, message_id)
    assert (waiting.state, waiting.last_error) == (MessageState.PENDING, "the receiver answered 503")
    deliver(relay)
    assert len(platform.requests) == 1, "it is not tried again before its time"
    platform.answer = lambda _: 200
    let_time_pass(sessions)
    deliver(relay)
    first, second = platform.requests
    assert first.body == second.body
    assert first.headers[DELIVERY_HEADER] == second.headers[DELIVERY_HEADER]
    assert message(sessions, message_id).state is MessageState.DELIVERED


def test_messages_of_one_image_never_overtake_each_other(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    for number in range(6):
        tell(sessions, "art/a.png", n=number)
        tell(sessions, "art/b.png", n=number + 100)
    platform.answer = failing_once_below_100()
    for _ in range(8):
        deliver(relay)
        let_time_pass(sessions)
    assert numbers(platform) == (list(range(6)), list(range(100, 106)))


def test_an_image_that_waits_does_not_hold_up_others(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    tell(sessions, "art/bad.png", n=0)
    good = [tell(sessions, f"art/{n}.png", n=n) for n in range(1, 9)]
    platform.answer = lambda body: 500 if body["n"] == 0 else 200
    deliver(relay)
    assert {message(sessions, each).state for each in good} == {MessageState.DELIVERED}


def test_a_delivery_that_always_fails_is_given_up_and_its_successor_leaves(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    lost = tell(sessions, n=0)
    after = tell(sessions, n=1)
    platform.answer = lambda body: 500 if body["n"] == 0 else 200
    give_up(relay, sessions, TRIES)
    assert message(sessions, lost).state is MessageState.DEAD
    assert message(sessions, lost).attempts == TRIES
    assert message(sessions, after).state is MessageState.DELIVERED


def test_a_redirect_is_a_failure_and_is_not_followed(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    message_id = tell(sessions)
    platform.answer = lambda _: 302
    deliver(relay)
    assert [got.path for got in platform.requests] == ["/"]
    assert message(sessions, message_id).state is MessageState.PENDING


def test_a_receiver_that_is_away_costs_one_attempt(sessions: Sessions) -> None:
    message_id = tell(sessions)
    with open_relay(sessions, webhook_url="http://127.0.0.1:9/") as relay:
        deliver(relay)
    assert message(sessions, message_id).attempts == 1
    assert message(sessions, message_id).last_error == "the receiver can't be reached: ConnectError"


def test_a_relay_that_died_in_the_middle_costs_time_and_no_message(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    message_id = tell(sessions)
    with sessions.begin() as session:
        outbox.take_due(session, limit=1, lease_seconds=60)
    deliver(relay)
    assert platform.requests == []
    let_time_pass(sessions)
    deliver(relay)
    assert message(sessions, message_id).state is MessageState.DELIVERED


def test_a_webhook_without_a_secret_is_refused_at_the_start(sessions: Sessions) -> None:
    with pytest.raises(Fault, match="ARTGATE_WEBHOOK_SECRET"):
        open_relay(sessions, webhook_url="http://127.0.0.1:9/", webhook_secret=None)
