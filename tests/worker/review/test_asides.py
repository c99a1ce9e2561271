"""Skipping, holding and handing over, on real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import Act, ActKind, ItemState, Note
from db.queries import notes, reviewers
from db.queries.reviewers import Profile
from detector.reasons import Reason
from tests.worker.filing import file_uncertain
from tests.worker.review.conftest import refused
from worker.clock import new_id, utc_now
from worker.review import asides, desk


@pytest.fixture
def two(session: Session) -> list[UUID]:
    """Two items, the first one the more urgent."""
    return [
        file_uncertain(session, "uploads", f"{new_id()}.png", probability=probability).item
        for probability in (0.6, 0.5)
    ]


def claim_next(session: Session, who: str) -> tuple[UUID, int]:
    item = desk.claim_next(session, who, lease_seconds=60)
    return item.id, item.lease_number


def let_time_pass(session: Session, item: UUID) -> None:
    """Put the end of a hold or an assignment into the past."""
    session.execute(
        text(
            "UPDATE review_items SET available_at = available_at - interval '2 days',"
            " assigned_until = assigned_until - interval '2 days' WHERE id = :id"
        ),
        {"id": item},
    )


def test_a_skipped_item_goes_to_others_and_comes_back_when_nothing_else_is_left(
    session: Session, two: list[UUID]
) -> None:
    item, lease = claim_next(session, "ann")
    assert asides.skip(session, item, "ann", lease, why="not my field").state is ItemState.OPEN

    assert claim_next(session, "ann")[0] == two[1]
    assert claim_next(session, "ann")[0] == two[0]
    act = session.scalars(select(Act)).one()
    assert (act.kind, act.reviewer, act.lease_number) == (ActKind.SKIP, "ann", lease)
    assert session.get_one(Note, act.note_id).body == "not my field"


def test_what_one_skips_another_gets_first(session: Session, two: list[UUID]) -> None:
    item, lease = claim_next(session, "ann")
    asides.skip(session, item, "ann", lease, why="no")

    assert claim_next(session, "bo")[0] == two[0]


def test_a_held_item_is_offered_to_nobody_and_then_to_its_holder_first(
    session: Session, two: list[UUID]
) -> None:
    claim_next(session, "ann")
    item, lease = claim_next(session, "ann")
    asides.hold(session, item, "ann", lease, until=utc_now() + timedelta(hours=20), why="asked the artist")

    assert refused(lambda: claim_next(session, "ann")) is Reason.QUEUE_EMPTY
    assert refused(lambda: desk.claim(session, item, "bo", lease_seconds=60)) is Reason.RESERVED
    assert refused(lambda: asides.skip(session, item, "ann", lease, why="no")) is Reason.LEASE_LOST
    session.execute(text("UPDATE review_items SET available_at = now() - interval '1 s'"))
    assert refused(lambda: claim_next(session, "bo")) is Reason.QUEUE_EMPTY
    assert claim_next(session, "ann")[0] == item


def test_a_hold_whose_reviewer_never_comes_back_is_free_for_anyone(session: Session, two: list[UUID]) -> None:
    item, lease = claim_next(session, "ann")
    asides.hold(session, item, "ann", lease, until=utc_now() + timedelta(minutes=1), why="lunch")
    let_time_pass(session, item)

    assert claim_next(session, "bo")[0] == item


@pytest.mark.parametrize("hours", [-1, 24 * 31])
def test_a_hold_ends_in_the_future_and_soon(session: Session, two: list[UUID], hours: int) -> None:
    item, lease = claim_next(session, "ann")
    until = utc_now() + timedelta(hours=hours)

    assert (
        refused(lambda: asides.hold(session, item, "ann", lease, until=until, why="x")) is Reason.BAD_REQUEST
    )


def test_an_item_that_is_handed_over_is_its_new_reviewers_first(session: Session, two: list[UUID]) -> None:
    reviewers.describe(session, Profile(name="bo"))
    claim_next(session, "ann")
    item, lease = claim_next(session, "ann")
    given = asides.hand_over(session, item, "ann", lease, to="bo", why="you know this style")

    assert (given.state, given.assigned_to) == (ItemState.OPEN, "bo")
    assert refused(lambda: claim_next(session, "cleo")) is Reason.QUEUE_EMPTY
    assert refused(lambda: desk.claim(session, item, "ann", lease_seconds=60)) is Reason.RESERVED
    more_urgent = file_uncertain(session, "uploads", f"{new_id()}.png", probability=0.6).item
    assert [claim_next(session, "bo")[0], claim_next(session, "bo")[0]] == [item, more_urgent]


def test_what_a_new_reviewer_leaves_too_long_is_free_for_anyone(session: Session, two: list[UUID]) -> None:
    reviewers.describe(session, Profile(name="bo"))
    item, lease = claim_next(session, "ann")
    asides.hand_over(session, item, "ann", lease, to="bo", why=None)
    let_time_pass(session, item)

    assert claim_next(session, "cleo")[0] == item


def test_an_item_is_handed_to_a_registered_reviewer_other_than_oneself(
    session: Session, two: list[UUID]
) -> None:
    item, lease = claim_next(session, "ann")

    to_nobody = refused(lambda: asides.hand_over(session, item, "ann", lease, to="nobody", why=None))
    to_self = refused(lambda: asides.hand_over(session, item, "ann", lease, to="ann", why=None))

    assert (to_nobody, to_self) == (Reason.NOT_FOUND, Reason.BAD_REQUEST)


def test_a_text_can_be_erased_and_the_act_stays(session: Session, two: list[UUID]) -> None:
    item, lease = claim_next(session, "ann")
    asides.skip(session, item, "ann", lease, why="something about a person")
    act = session.scalars(select(Act)).one()
    assert act.note_id is not None

    assert notes.erase(session, act.note_id)

    assert not notes.erase(session, act.note_id)
    session.expire_all()
    assert session.get_one(Note, act.note_id).body is None
