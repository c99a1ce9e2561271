"""The order and the pace in which each endpoint is told."""

from __future__ import annotations

import threading

from sqlalchemy import update

from db.base import db_now
from db.models import Message, MessageKind
from tests.worker.inbox import Sessions
from tests.worker.receiver import Receiver
from tests.worker.relaying import add, deliver, failing_once_below_100, let_time_pass, log_of, numbers, tell
from worker.relay import Relay
from worker.settings import Settings


def test_messages_of_one_image_never_overtake_each_other(
    relay: Relay, sessions: Sessions, platform: Receiver, other: Receiver
) -> None:
    add(sessions, "one", platform.url)
    add(sessions, "two", other.url)
    for number in range(5):
        tell(sessions, "art/a.png", n=number)
        tell(sessions, "art/b.png", n=number + 100)
    platform.answer = failing_once_below_100()
    deliver(relay)
    assert numbers(other)[0] == list(range(5)), "who answers waits for nobody"
    for _ in range(6):
        let_time_pass(sessions)
        deliver(relay)
    assert numbers(platform) == (list(range(5)), list(range(100, 105)))


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
