"""Nobody gets, or sees, what they decided, uploaded or appealed: every way in is tried."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session, sessionmaker

from db.models import Decision, Event, HumanLabel, ReviewItem
from db.queries import items, review, reviewers
from db.queries.eligibility import WAITING
from db.queries.reviewers import Profile
from detector.reasons import Reason, Rejected
from tests.worker.filing import file_uncertain
from worker.clock import new_id
from worker.review import asides, desk

Sessions = sessionmaker[Session]


def decided(session: Session, item: UUID) -> None:
    session.execute(
        insert(Decision).values(
            id=new_id(), item_id=item, moderator="ann", label=HumanLabel.GENUINE, lease_number=0
        )
    )


def uploaded(session: Session, item: UUID) -> None:
    row = session.get_one(ReviewItem, item)
    session.execute(update(Event).where(Event.id == row.event_id).values(uploader="ann"))


def uploaded_by_account(session: Session, item: UUID) -> None:
    reviewers.describe(session, Profile(name="ann", accounts=("ann-paints",)))
    row = session.get_one(ReviewItem, item)
    session.execute(update(Event).where(Event.id == row.event_id).values(uploader="ann-paints"))


def appealed(session: Session, item: UUID) -> None:
    session.execute(update(ReviewItem).where(ReviewItem.id == item).values(appealed_by=["ann", "other"]))


@pytest.mark.parametrize("make_own", [decided, uploaded, uploaded_by_account, appealed])
def test_no_way_leads_to_an_own_matter(sessions: Sessions, make_own: Callable[[Session, UUID], None]) -> None:
    with sessions.begin() as session:
        item = file_uncertain(session, "uploads", f"{new_id()}.png").item
        make_own(session, item)
        session.execute(update(ReviewItem).where(ReviewItem.id != item).values(routed_by=0))

    with sessions.begin() as session:
        waiting = session.query(ReviewItem).where(ReviewItem.state.in_(WAITING)).count()
        got = [review.claim_next(session, "ann", lease_seconds=60) for _ in range(waiting + 1)]
        assert item not in [each.id for each in got if each is not None]
        assert got[-1] is None
        assert review.claim(session, item, "ann", lease_seconds=60) is None
        assert item not in [each.id for each in items.list_items(session, unless_of="ann", limit=10_000)]
        assert item in [each.id for each in items.list_items(session, unless_of="bo", limit=10_000)]
        for step in (
            lambda: desk.look(session, item, unless_of="ann"),
            lambda: desk.claim(session, item, "ann", lease_seconds=60),
        ):
            with pytest.raises(Rejected) as refused:
                step()
            assert refused.value.reason is Reason.CONFLICT_OF_INTEREST
        assert review.claim(session, item, "bo", lease_seconds=60) is not None
        session.rollback()


def test_an_own_matter_is_handed_to_nobody(sessions: Sessions) -> None:
    with sessions.begin() as session:
        item = file_uncertain(session, "uploads", f"{new_id()}.png").item
        uploaded_by_account(session, item)
        lease = desk.claim(session, item, "bo", lease_seconds=60).lease_number
        with pytest.raises(Rejected) as refused:
            asides.hand_over(session, item, "bo", lease, to="ann", why=None)
    assert refused.value.reason is Reason.CONFLICT_OF_INTEREST
