"""The review queue: two people never get the same item, and only who holds it decides it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from db.base import db_after
from db.models import Decision, HumanLabel, ItemKind, ItemState, Message, MessageKind, Note, ReviewItem
from db.queries import items, review
from tests.db import factories
from tests.db.factories import new_id


def claim(session: Session, item_id: UUID, moderator: str = "ada", lease_seconds: float = 60) -> items.Item:
    held = review.claim(session, item_id, moderator, lease_seconds=lease_seconds)
    assert held is not None
    return held


def decide(session: Session, held: items.Item, moderator: str = "ada") -> UUID | None:
    return factories.decide(
        session, held.id, moderator, held.lease_number, label=HumanLabel.SYNTHETIC, note="six fingers"
    )


def next_for(session: Session, moderator: str, kind: ItemKind | None = None) -> UUID | None:
    held = review.claim_next(session, moderator, lease_seconds=60, kind=kind)
    return None if held is None else held.id


def refusal(session: Session, priority: float = 1.0) -> UUID:
    item = review.NewItem(
        id=new_id(), kind=ItemKind.REFUSAL, priority=priority, event_id=factories.event(session)
    )
    return review.open_item(session, item)


@pytest.mark.parametrize("kind", ItemKind)
def test_an_item_is_opened_once_for_what_it_is_about(session: Session, kind: ItemKind) -> None:
    image_id = factories.image(session)
    event_id, verdict_id = factories.event(session), factories.verdict(session, image_id)
    first = review.NewItem(id=new_id(), kind=kind, priority=1, event_id=event_id, verdict_id=verdict_id)
    again = replace(first, id=new_id(), priority=2)

    assert review.open_item(session, first) == first.id
    assert review.open_item(session, again) == first.id
    assert session.scalars(select(ReviewItem.priority)).all() == [1.0]


def test_the_next_item_is_the_most_urgent_then_the_oldest(session: Session) -> None:
    low = factories.item(session, priority=1)
    high = factories.item(session, priority=2)
    old = factories.item(session, priority=1)
    session.execute(update(ReviewItem).where(ReviewItem.id == old).values(created_at=db_after(-100)))

    assert [next_for(session, "ada") for _ in range(4)] == [high, old, low, None]


def test_the_next_item_may_be_asked_for_by_kind(session: Session) -> None:
    factories.item(session, priority=2)
    refused = refusal(session)

    assert next_for(session, "ada", ItemKind.REFUSAL) == refused
    assert next_for(session, "ada", ItemKind.REFUSAL) is None


def test_an_item_that_is_held_goes_to_nobody_else(session: Session) -> None:
    item_id = factories.item(session)
    held = claim(session, item_id)

    assert (held.state, held.claimed_by, held.lease_number) == (ItemState.CLAIMED, "ada", 1)
    assert held.lease_runs
    assert next_for(session, "bea") is None
    assert review.claim(session, item_id, "bea", lease_seconds=60) is None
    assert review.claim(session, item_id, "ada", lease_seconds=60) is None


def test_a_lease_that_ran_out_goes_to_the_next_and_the_late_one_decides_nothing(session: Session) -> None:
    item_id = factories.item(session)
    late = claim(session, item_id, lease_seconds=-1)
    assert not late.lease_runs

    assert next_for(session, "bea") == item_id

    assert decide(session, late) is None
    assert review.renew(session, item_id, "ada", late.lease_number, lease_seconds=60) is None
    assert not review.release(session, item_id, "ada", late.lease_number)
    assert session.scalars(select(Decision)).all() == []


def test_a_lease_that_ran_out_and_that_nobody_took_over_still_decides(session: Session) -> None:
    assert decide(session, claim(session, factories.item(session), lease_seconds=-1)) is not None


def test_the_number_of_a_lease_decides_for_its_holder_alone(session: Session) -> None:
    held = claim(session, factories.item(session))

    assert decide(session, held, "bea") is None


def test_renewing_keeps_the_number_and_moves_the_end(session: Session) -> None:
    held = claim(session, factories.item(session), lease_seconds=1)

    until = review.renew(session, held.id, "ada", held.lease_number, lease_seconds=600)

    assert until is not None
    assert held.lease_until is not None
    assert until > held.lease_until
    assert decide(session, held) is not None


def test_a_released_item_is_free_for_anyone(session: Session) -> None:
    held = claim(session, factories.item(session))

    assert review.release(session, held.id, "ada", held.lease_number)

    assert next_for(session, "bea") == held.id
    assert decide(session, held) is None


def test_a_decision_is_appended_closes_the_item_and_is_told_without_a_name(session: Session) -> None:
    image_id = factories.image(session, bucket="art", key="a.png", version_id="v1")
    held = claim(session, factories.item(session, image_id=image_id))

    decision_id = decide(session, held)

    decision = session.get_one(Decision, decision_id)
    assert (decision.moderator, decision.label, decision.note) == ("ada", HumanLabel.SYNTHETIC, None)
    assert session.get_one(Note, decision.note_id).body == "six fingers"
    assert (decision.item_id, decision.image_id, decision.lease_number) == (held.id, image_id, 1)
    closed = items.get(session, held.id)
    assert closed is not None
    assert (closed.state, closed.decision) == (ItemState.DECIDED, HumanLabel.SYNTHETIC)
    assert closed.closed_at is not None
    (message,) = session.scalars(select(Message))
    assert (message.kind, message.subject) == (MessageKind.DECISION, "art/a.png")
    assert (message.payload["label"], message.payload["machine_label"]) == ("SYNTHETIC", "UNCERTAIN")
    assert (message.payload["version_id"], message.payload["decision_id"]) == ("v1", str(decision_id))
    assert "ada" not in str(message.payload)
    decided = select(Decision.label).where(Decision.image_id == image_id)
    assert session.scalars(decided).all() == [HumanLabel.SYNTHETIC]


def test_a_refused_file_can_be_decided_and_is_told(session: Session) -> None:
    refused = refusal(session)

    assert decide(session, claim(session, refused)) is not None

    (message,) = session.scalars(select(Message))
    assert message.payload["machine_label"] is None
    assert message.subject.startswith("art/picture-")


def test_an_item_is_decided_once(session: Session) -> None:
    held = claim(session, factories.item(session))
    decide(session, held)

    assert decide(session, held) is None
    assert review.claim(session, held.id, "bea", lease_seconds=60) is None
    assert next_for(session, "bea") is None


def test_nobody_gets_an_item_that_they_have_decided_before(session: Session) -> None:
    item_id = factories.item(session)
    session.execute(
        insert(Decision).values(
            id=new_id(), item_id=item_id, moderator="ada", label=HumanLabel.GENUINE, lease_number=0
        )
    )

    assert next_for(session, "ada") is None
    assert review.claim(session, item_id, "ada", lease_seconds=60) is None
    assert next_for(session, "bea") == item_id


def test_a_withdrawn_item_is_closed_for_all(session: Session) -> None:
    held = claim(session, factories.item(session))

    assert review.withdraw(session, held.id)

    assert decide(session, held) is None
    assert next_for(session, "bea") is None
    assert not review.withdraw(session, held.id)


def test_two_people_never_get_the_same_item(sessions: sessionmaker[Session]) -> None:
    people, count = 8, 64
    with sessions.begin() as session:
        ids = {factories.item(session, priority=number % 3) for number in range(count)}
    barrier = threading.Barrier(people)
    got: list[UUID] = []

    def work(moderator: str) -> None:
        barrier.wait()
        while True:
            with sessions.begin() as session:
                held = next_for(session, moderator)
            if held is None:
                return
            got.append(held)

    threads = [threading.Thread(target=work, args=(f"moderator {n}",)) for n in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(got) == Counter(ids)


def test_who_claims_does_not_wait_for_another_who_is_claiming(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        first, second = factories.item(session, priority=2), factories.item(session, priority=1)

    with sessions.begin() as one, sessions.begin() as other:
        assert (next_for(one, "ada"), next_for(other, "bea")) == (first, second)


def test_a_page_lists_items_in_the_order_of_the_queue(session: Session) -> None:
    ids = [factories.item(session, priority=priority) for priority in (1, 3, 2)]
    claim(session, ids[2])

    page = items.list_items(session)

    assert [item.id for item in page] == [ids[1], ids[2], ids[0]]
    assert page[0].label == "UNCERTAIN"
    assert page[0].probability == 0.5
    assert page[0].age_seconds >= 0
    assert page[0].bucket == "art"
    assert [item.id for item in items.list_items(session, claimed_by="ada")] == [ids[2]]
    assert [item.id for item in items.list_items(session, states=[ItemState.OPEN])] == [ids[1], ids[0]]
    assert items.list_items(session, kind=ItemKind.REFUSAL) == []


def test_pages_follow_one_another_without_gap_or_overlap(session: Session) -> None:
    for number in range(7):
        factories.item(session, priority=number % 2)
    whole = [item.id for item in items.list_items(session)]

    paged: list[items.Item] = []
    after = None
    while page := items.list_items(session, after=after, limit=3):
        paged.extend(page)
        after = items.place_of(session, page[-1].id)

    assert [item.id for item in paged] == whole


def test_items_of_an_image_are_found(session: Session) -> None:
    image_id = factories.image(session)
    item_id = factories.item(session, image_id=image_id)
    factories.item(session)

    assert [item.id for item in items.of_image(session, image_id)] == [item_id]
    assert items.get(session, new_id()) is None
