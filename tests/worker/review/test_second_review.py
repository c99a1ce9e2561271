"""Second opinions, seniors, decisions taken back, and appeals, on real PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import HumanLabel, ItemState, Message, MessageKind, ReviewItem, Stage
from db.queries import claims, events, items, outbox, policies, reviewers
from db.queries.attempts import AttemptLimits
from db.queries.items import Item
from db.queries.reviewers import Profile
from db.queries.signals import Signals
from detector.reasons import Reason
from tests.worker.filing import Filed, file_uncertain
from tests.worker.review.conftest import refused
from worker.clock import new_id
from worker.review import asides, deciding, desk, signals
from worker.review.schemas import CaseView

G, S = HumanLabel.GENUINE, HumanLabel.SYNTHETIC
UNDO, LEASE = 60.0, 600.0


@pytest.fixture
def session(session: Session) -> Session:
    """A senior is registered."""
    reviewers.describe(session, Profile(name="sen", senior=True))
    return session


@pytest.fixture
def filed(session: Session) -> Filed:
    return file_uncertain(session, "uploads", "a.png")


def claim(session: Session, item: UUID, who: str) -> int:
    return desk.claim(session, item, who, lease_seconds=LEASE).lease_number


def decide(session: Session, item: UUID, who: str, label: HumanLabel, *, undo: float = UNDO) -> Item:
    lease = claim(session, item, who)
    return deciding.decide(session, item, who, lease, label=label, note=None, undo_seconds=undo)


def take_back(session: Session, item: UUID, who: str, lease: int) -> Item:
    return deciding.undo(session, item, who, lease, undo_seconds=UNDO, lease_seconds=LEASE)


def let_undo_pass(session: Session, item: UUID) -> None:
    """As if the time to take a decision back were over; decisions themselves can't be changed."""
    session.execute(text("UPDATE review_items SET available_at = NULL WHERE id = :id"), {"id": item})


def told(session: Session) -> list[Any]:
    query = select(Message.payload["label"]).where(Message.kind == MessageKind.DECISION)
    return list(session.scalars(query.order_by(Message.position)))


def test_an_accusation_waits_for_a_second_opinion_and_nobody_hears_of_it(
    session: Session, filed: Filed
) -> None:
    item = decide(session, filed.item, "ann", S)

    assert (item.state, item.stage, item.decision) == (ItemState.OPEN, Stage.SECOND, None)
    assert told(session) == []
    assert refused(lambda: claim(session, filed.item, "bo")) is Reason.RESERVED
    let_undo_pass(session, filed.item)
    assert refused(lambda: claim(session, filed.item, "ann")) is Reason.CONFLICT_OF_INTEREST
    assert claim(session, filed.item, "bo") == 2


def test_the_second_opinion_is_blind(session: Session, filed: Filed) -> None:
    """What the second reviewer is shown is what the first was shown."""
    fresh = file_uncertain(session, "uploads", "b.png")
    decide(session, filed.item, "ann", S)
    let_undo_pass(session, filed.item)
    claim(session, filed.item, "bo")
    claim(session, fresh.item, "bo")

    shown, plain = (
        CaseView.of(desk.look(session, item, unless_of="bo")).model_dump()
        for item in (filed.item, fresh.item)
    )

    differ = {name for name in shown if shown[name] != plain[name]}
    assert differ <= {
        *("id", "created_at", "age_seconds", "priority", "due_at", "key", "image", "evidence"),
        *("lease_number", "lease_until"),
    }
    assert "ann" not in str(shown)


def test_two_who_agree_settle_it(session: Session, filed: Filed) -> None:
    decide(session, filed.item, "ann", S)
    let_undo_pass(session, filed.item)

    item = decide(session, filed.item, "bo", S)

    assert (item.state, item.decision) == (ItemState.DECIDED, S)
    assert told(session) == ["SYNTHETIC"]


def test_a_disagreement_goes_to_a_senior_and_to_nobody_else(session: Session, filed: Filed) -> None:
    policies.append(session, {"queues": [{"name": "main"}, {"name": "hard"}], "senior_queue": "hard"})
    decide(session, filed.item, "ann", S)
    let_undo_pass(session, filed.item)
    item = decide(session, filed.item, "bo", G)
    let_undo_pass(session, filed.item)

    assert (item.stage, told(session)) == (Stage.SENIOR, [])
    assert session.get_one(ReviewItem, filed.item).queue == "hard"
    assert refused(lambda: claim(session, filed.item, "cleo")) is Reason.NOT_QUALIFIED
    assert refused(lambda: desk.claim_next(session, "cleo", lease_seconds=LEASE)) is Reason.QUEUE_EMPTY
    settled = decide(session, filed.item, "sen", G)
    assert (settled.state, settled.decision) == (ItemState.DECIDED, G)
    assert told(session) == ["GENUINE"]


def test_an_escalated_item_is_a_seniors(session: Session, filed: Filed) -> None:
    lease = claim(session, filed.item, "ann")
    asides.escalate(session, filed.item, "ann", lease, why="it is of a friend")

    assert refused(lambda: claim(session, filed.item, "bo")) is Reason.NOT_QUALIFIED
    lease = claim(session, filed.item, "sen")
    again = refused(lambda: asides.escalate(session, filed.item, "sen", lease, why="too hard"))
    assert again is Reason.BAD_REQUEST
    item = deciding.decide(session, filed.item, "sen", lease, label=S, note=None, undo_seconds=UNDO)
    assert (item.state, item.decision) == (ItemState.DECIDED, S)


def test_where_the_policy_asks_for_none_one_opinion_is_enough(session: Session, filed: Filed) -> None:
    policies.append(session, {"second_review": {"mode": "off"}})

    assert decide(session, filed.item, "ann", S).state is ItemState.DECIDED


def test_a_decision_that_settles_is_told_when_it_can_no_longer_be_taken_back(
    session: Session, filed: Filed
) -> None:
    decide(session, filed.item, "ann", G)
    assert outbox.take_due(session, limit=10, lease_seconds=60) == []

    session.execute(text("UPDATE outbox SET not_before = now()"))

    assert [each.payload["label"] for each in outbox.take_due(session, limit=10, lease_seconds=60)] == [
        "GENUINE"
    ]


def test_the_platform_that_asks_is_told_no_earlier(session: Session, filed: Filed) -> None:
    limits = AttemptLimits(deaths=3, losses=3, transients=3)
    held = claims.claim(session, filed.event, holder="t", lease_seconds=60, limits=limits, new_id=new_id)
    assert held is not None
    claims.finish(session, filed.event, held.lease_number, image_id=filed.image)
    decide(session, filed.item, "ann", G)
    early = events.standing(session, filed.event)
    other = file_uncertain(session, "uploads", "c.png")
    held = claims.claim(session, other.event, holder="t", lease_seconds=60, limits=limits, new_id=new_id)
    assert held is not None
    claims.finish(session, other.event, held.lease_number, image_id=other.image)
    decide(session, other.item, "ann", G, undo=-1)
    late = events.standing(session, other.event)

    assert early is not None
    assert late is not None
    assert (early.review_state, early.decision) == (ItemState.CLAIMED, None)
    assert (late.review_state, late.decision) == (ItemState.DECIDED, G)


def test_a_decision_is_taken_back_and_the_item_is_its_makers_again(session: Session, filed: Filed) -> None:
    decide(session, filed.item, "ann", G)

    item = take_back(session, filed.item, "ann", 1)

    assert (item.state, item.claimed_by, item.lease_number) == (ItemState.CLAIMED, "ann", 2)
    assert told(session) == []
    changed = deciding.decide(session, filed.item, "ann", 2, label=S, note=None, undo_seconds=UNDO)
    assert (changed.state, changed.stage) == (ItemState.OPEN, Stage.SECOND)
    assert refused(lambda: take_back(session, filed.item, "ann", 1)) is Reason.UNDO_OVER


def test_a_first_opinion_is_taken_back_before_the_second_reviewer_has_it(
    session: Session, filed: Filed
) -> None:
    decide(session, filed.item, "ann", S)
    assert take_back(session, filed.item, "ann", 1).stage is Stage.FIRST
    deciding.decide(session, filed.item, "ann", 2, label=S, note=None, undo_seconds=UNDO)
    let_undo_pass(session, filed.item)
    claim(session, filed.item, "bo")

    assert refused(lambda: take_back(session, filed.item, "ann", 2)) is Reason.UNDO_OVER


def test_what_a_relay_has_taken_is_not_taken_back(session: Session, filed: Filed) -> None:
    decide(session, filed.item, "ann", G)
    session.execute(text("UPDATE outbox SET not_before = now()"))
    outbox.take_due(session, limit=10, lease_seconds=60)

    assert refused(lambda: take_back(session, filed.item, "ann", 1)) is Reason.UNDO_OVER
    item = items.get(session, filed.item)
    assert item is not None
    assert item.state is ItemState.DECIDED


@pytest.mark.parametrize(("who", "lease"), [("bo", 1), ("ann", 2)])
def test_only_who_made_a_decision_takes_it_back(session: Session, filed: Filed, who: str, lease: int) -> None:
    decide(session, filed.item, "ann", G)

    assert refused(lambda: take_back(session, filed.item, who, lease)) is Reason.UNDO_OVER


def test_a_decision_is_taken_back_within_its_time(session: Session, filed: Filed) -> None:
    decide(session, filed.item, "ann", G)

    late = refused(lambda: deciding.undo(session, filed.item, "ann", 1, undo_seconds=0, lease_seconds=LEASE))

    assert late is Reason.UNDO_OVER


def test_an_appeal_opens_a_decided_item_for_others_and_the_decision_stands_meanwhile(
    session: Session, filed: Filed
) -> None:
    decide(session, filed.item, "ann", S)
    let_undo_pass(session, filed.item)
    decide(session, filed.item, "bo", S)

    assert signals.note(session, "uploads", "a.png", Signals(appealed_by="artist")) == [filed.item]

    row = session.get_one(ReviewItem, filed.item, populate_existing=True)
    assert (row.state, row.stage, row.round) == (ItemState.OPEN, Stage.FIRST, 2)
    for who in ("ann", "bo", "artist"):
        assert refused(lambda who=who: claim(session, filed.item, who)) is Reason.CONFLICT_OF_INTEREST  # type: ignore[misc]
    item = decide(session, filed.item, "cleo", G)
    assert (item.state, item.decision) == (ItemState.DECIDED, G)
    assert told(session) == ["SYNTHETIC", "GENUINE"]


def test_reports_of_a_decided_item_change_nothing(session: Session, filed: Filed) -> None:
    decide(session, filed.item, "ann", G)

    said = refused(lambda: signals.note(session, "uploads", "a.png", Signals(reports=5)))

    assert said is Reason.NOT_FOUND


def test_the_release_before_decides_on_this_schema_and_is_understood(session: Session, filed: Filed) -> None:
    """Its statements, to the letter: it knows no stage, and its decision is the item's at once."""
    for statement in (
        "UPDATE review_items SET state = 'claimed', claimed_by = 'ann', lease_number = lease_number + 1,"
        " lease_until = now() + interval '1 min' WHERE id = :id",
        "UPDATE review_items SET state = 'decided', lease_until = NULL, closed_at = now() WHERE id = :id",
        "INSERT INTO decisions (id, item_id, moderator, label, note, lease_number)"
        " VALUES (gen_random_uuid(), :id, 'ann', 'SYNTHETIC', 'six fingers', 1)",
    ):
        session.execute(text(statement), {"id": filed.item})

    item = items.get(session, filed.item)
    assert item is not None
    assert (item.state, item.decision) == (ItemState.DECIDED, S)
