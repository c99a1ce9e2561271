"""Claims: who may work on an event, and what each way of ending it leaves behind."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from db.models import Event, EventKind, EventState, ItemKind, Message, MessageKind, ReviewItem
from db.queries import claims
from db.queries.attempts import ATTEMPTS_EXHAUSTED
from tests.db import factories
from tests.db.factories import new_id


def try_claim(session: Session, event_id: UUID, holder: str = "other") -> claims.Claim | None:
    return claims.claim(
        session, event_id, holder=holder, lease_seconds=60, limits=factories.LIMITS, new_id=new_id
    )


def retry(session: Session, claimed: claims.Claim, delay_seconds: float = 0) -> EventState | None:
    return claims.retry_later(
        session,
        claimed.event_id,
        claimed.lease_number,
        delay_seconds=delay_seconds,
        reason="storage_unavailable",
        detail="The storage did not answer.",
        limits=factories.LIMITS,
        new_id=new_id,
    )


def report_death(session: Session, event_id: UUID, holder: str) -> EventState | None:
    return claims.holder_died(
        session,
        event_id,
        holder,
        reason="decoder_died",
        detail="signal 9.",
        limits=factories.LIMITS,
        new_id=new_id,
    )


def refuse(session: Session, claimed: claims.Claim, **given: Any) -> bool:
    return claims.refuse(
        session,
        claimed.event_id,
        claimed.lease_number,
        reason="too_many_pixels",
        detail="The picture has too many pixels.",
        review_priority=given.get("review_priority", 2.5),
        new_id=new_id,
    )


def row(session: Session, event_id: UUID) -> Event:
    return session.get_one(Event, event_id, populate_existing=True)


def told(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.position)))


def asked(session: Session) -> list[ReviewItem]:
    return list(session.scalars(select(ReviewItem)))


def test_a_claim_says_what_to_work_on_and_counts_the_attempt(session: Session) -> None:
    event_id = factories.event(session, key="a b.png", version_id="v", etag="e", size=7, uploader="u")

    claimed = factories.claim(session, event_id)

    assert (claimed.event_id, claimed.lease_number, claimed.attempt) == (event_id, 1, 1)
    assert (claimed.bucket, claimed.key, claimed.version_id) == ("art", "a b.png", "v")
    assert (claimed.etag, claimed.size, claimed.uploader) == ("e", 7, "u")
    assert row(session, event_id).attempts == 1


def test_an_event_that_is_claimed_is_not_claimed_again_while_the_lease_runs(session: Session) -> None:
    event_id = factories.event(session)
    factories.claim(session, event_id)

    assert try_claim(session, event_id) is None
    assert row(session, event_id).attempts == 1


def test_an_unknown_event_is_not_claimed(session: Session) -> None:
    assert try_claim(session, new_id()) is None


def test_a_finished_event_is_not_claimed(session: Session) -> None:
    event_id = factories.event(session)
    claimed = factories.claim(session, event_id)
    claims.finish(session, event_id, claimed.lease_number, image_id=factories.image(session))

    assert try_claim(session, event_id) is None


def test_of_many_that_claim_one_event_at_once_one_gets_it(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        event_id = factories.event(session)
    barrier = threading.Barrier(6)
    got: list[claims.Claim | None] = []

    def work(number: int) -> None:
        barrier.wait()
        with sessions.begin() as session:
            got.append(try_claim(session, event_id, holder=f"child {number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 6
    assert [claimed.lease_number for claimed in got if claimed] == [1]


def test_a_lease_that_ran_out_is_taken_over_and_the_late_holder_writes_nothing(session: Session) -> None:
    event_id = factories.event(session)
    image_id = factories.image(session)
    late = factories.claim(session, event_id, lease_seconds=-1)

    taken = try_claim(session, event_id)

    assert taken is not None
    assert (taken.lease_number, taken.attempt) == (2, 2)
    assert not claims.finish(session, event_id, late.lease_number, image_id=image_id)
    assert not refuse(session, late)
    assert retry(session, late) is None
    assert not claims.give_back(session, event_id, late.lease_number)
    assert not claims.renew(session, event_id, late.lease_number, lease_seconds=60)
    assert report_death(session, event_id, "child") is None
    assert row(session, event_id).state is EventState.CLAIMED
    assert claims.finish(session, event_id, taken.lease_number, image_id=image_id)


def test_a_lease_that_ran_out_and_that_nobody_took_over_still_finishes(session: Session) -> None:
    event_id = factories.event(session)
    late = factories.claim(session, event_id, lease_seconds=-1)

    assert claims.finish(session, event_id, late.lease_number, image_id=factories.image(session))

    done = row(session, event_id)
    assert (done.state, done.lease_until, done.reason) == (EventState.DONE, None, None)
    assert done.finished_at is not None


def test_a_renewed_lease_runs_on(session: Session) -> None:
    event_id = factories.event(session)
    claimed = factories.claim(session, event_id, lease_seconds=-1)

    assert claims.renew(session, event_id, claimed.lease_number, lease_seconds=60)

    assert try_claim(session, event_id) is None


def test_a_refusal_is_told_to_the_platform_and_put_before_a_person(session: Session) -> None:
    event_id = factories.event(session, key="a.png", version_id="v1", etag="e1")

    assert refuse(session, factories.claim(session, event_id))

    ended = row(session, event_id)
    assert (ended.state, ended.reason) == (EventState.REFUSED, "too_many_pixels")
    (message,) = told(session)
    assert (message.kind, message.subject) == (MessageKind.REFUSAL, "art/a.png")
    assert message.payload == {
        "event_id": str(event_id),
        "bucket": "art",
        "key": "a.png",
        "version_id": "v1",
        "etag": "e1",
        "state": "refused",
        "reason": "too_many_pixels",
        "detail": "The picture has too many pixels.",
    }
    (item,) = asked(session)
    assert (item.kind, item.event_id, item.priority) == (ItemKind.REFUSAL, event_id, 2.5)


def test_a_refusal_that_no_person_could_judge_opens_no_item(session: Session) -> None:
    refuse(session, factories.claim(session, factories.event(session)), review_priority=None)

    assert asked(session) == []
    assert len(told(session)) == 1


def test_the_third_death_of_the_child_is_the_end(session: Session) -> None:
    event_id = factories.event(session)

    outcomes = []
    for holder in ("first", "second", "third"):
        factories.claim(session, event_id, holder=holder)
        outcomes.append(report_death(session, event_id, holder))

    assert outcomes == [EventState.RECEIVED, EventState.RECEIVED, EventState.DEAD]
    ended = row(session, event_id)
    assert (ended.state, ended.reason, ended.attempts) == (EventState.DEAD, ATTEMPTS_EXHAUSTED, 3)
    assert "3 times" in str(ended.detail)
    assert try_claim(session, event_id) is None
    assert [message.payload["reason"] for message in told(session)] == [ATTEMPTS_EXHAUSTED]
    assert [item.reason for item in asked(session)] == [ATTEMPTS_EXHAUSTED]


def test_a_death_frees_the_event_at_once(session: Session) -> None:
    event_id = factories.event(session)
    factories.claim(session, event_id, holder="first")

    report_death(session, event_id, "first")

    assert try_claim(session, event_id) is not None


@pytest.mark.parametrize("holder", ["another", ""])
def test_the_death_of_a_child_that_does_not_hold_the_event_is_nothing_to_it(
    session: Session, holder: str
) -> None:
    event_id = factories.event(session)
    factories.claim(session, event_id, holder="child")

    assert report_death(session, event_id, holder) is None
    assert row(session, event_id).deaths == 0


def test_failures_of_the_storage_do_not_count_as_deaths_and_have_a_bound_of_their_own(
    session: Session,
) -> None:
    event_id = factories.event(session)

    outcomes = [
        retry(session, factories.claim(session, event_id)) for _ in range(factories.LIMITS.transients)
    ]

    assert outcomes == [EventState.RECEIVED, EventState.RECEIVED, EventState.DEAD]
    ended = row(session, event_id)
    assert (ended.deaths, ended.transient_failures) == (0, 3)
    assert ended.reason == "storage_unavailable"
    assert len(told(session)) == len(asked(session)) == 1


def test_an_event_that_was_put_off_is_not_claimed_before_its_time(session: Session) -> None:
    event_id = factories.event(session)
    retry(session, factories.claim(session, event_id), delay_seconds=60)

    assert try_claim(session, event_id) is None
    assert row(session, event_id).reason == "storage_unavailable"


def test_a_lease_that_ran_out_once_too_often_is_the_end(session: Session) -> None:
    event_id = factories.event(session)
    for _ in range(factories.LIMITS.losses):
        factories.claim(session, event_id, lease_seconds=-1)

    assert try_claim(session, event_id) is None

    ended = row(session, event_id)
    assert (ended.state, ended.reason, ended.losses) == (EventState.DEAD, ATTEMPTS_EXHAUSTED, 3)
    assert len(told(session)) == len(asked(session)) == 1


def test_an_orderly_shutdown_holds_nothing_against_the_event(session: Session) -> None:
    event_id = factories.event(session)

    for _ in range(10):
        claimed = factories.claim(session, event_id)
        assert claims.give_back(session, event_id, claimed.lease_number)

    given = row(session, event_id)
    assert (given.deaths, given.losses, given.transient_failures) == (0, 0, 0)
    assert given.state is EventState.RECEIVED


def test_a_parent_finds_the_lease_of_its_child(session: Session) -> None:
    event_id = factories.event(session)
    claimed = factories.claim(session, event_id, holder="child")

    assert claims.lease_of(session, event_id, "child") == claimed.lease_number
    assert claims.lease_of(session, event_id, "another") is None


def test_an_event_that_a_removal_has_overtaken_is_refused_when_it_is_claimed(session: Session) -> None:
    event_id = factories.event(session, key="a.png", sequencer_rank=factories.rank(1))
    factories.event(
        session,
        key="a.png",
        kind=EventKind.REMOVED,
        state=EventState.NOTED,
        sequencer_rank=factories.rank(2),
    )

    assert try_claim(session, event_id) is None

    ended = row(session, event_id)
    assert (ended.state, ended.reason, ended.attempts) == (EventState.REFUSED, "removed", 0)
    assert asked(session) == []
    assert len(told(session)) == 1
