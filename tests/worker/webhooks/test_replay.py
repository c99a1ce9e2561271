"""Messages sent again: what was given up, what was missed, what arrived; and what was erased never."""

from __future__ import annotations

from datetime import UTC, datetime

from db.models import MessageKind
from db.queries import endpoints
from db.queries.forgetting import forget_pictures
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import finish
from tests.worker.receiver import Receiver
from tests.worker.relaying import add, deliver, give_up, let_time_pass, log_of, replay, tell
from tests.worker.webhooks.conftest import TRIES
from worker.relay import Relay
from worker.webhooks import endpoints as use

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_what_was_given_up_is_sent_again_on_demand_under_its_id(
    relay: Relay, sessions: Sessions, platform: Receiver
) -> None:
    add(sessions, "all", platform.url)
    message = tell(sessions, n=1)
    platform.answer = lambda _: 500
    give_up(relay, sessions, TRIES)
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
        give_up(relay, sessions, TRIES)
        assert len(platform.requests) == TRIES * (again + 1)
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
