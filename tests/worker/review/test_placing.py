"""Items in the queues that a policy puts them in, and who gets them, on real PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from db.models import ReviewItem
from db.queries import items, policies, reviewers
from db.queries.items import Item
from db.queries.reviewers import Profile
from db.queries.signals import Signals
from detector.reasons import Reason
from tests.worker.filing import file_uncertain
from tests.worker.review.conftest import refused
from worker.clock import new_id
from worker.review import desk, signals
from worker.review.placing import place_new, policy_in_force
from worker.review.upkeep import Upkeep

POLICY: dict[str, Any] = {
    "queues": [{"name": "main"}, {"name": "anime", "skills": ["anime"]}],
    "routes": [{"queue": "anime", "domain": ["anime"]}],
}


def open_item(session: Session, **given: Any) -> UUID:
    return file_uncertain(session, "uploads", f"{new_id()}.png", **given).item


def claim_next(session: Session, who: str, **how: Any) -> Item:
    return desk.claim_next(session, who, lease_seconds=60, **how)


def test_a_new_item_is_placed_by_whoever_claims_first(session: Session) -> None:
    policies.append(session, POLICY)
    anime = open_item(session, domain="anime")
    reviewers.describe(session, Profile(name="mika", skills=("anime",)))

    assert refused(lambda: claim_next(session, "ann")) is Reason.QUEUE_EMPTY
    got = claim_next(session, "mika")

    assert (got.id, got.queue) == (anime, "anime")
    assert got.due_at is not None


def test_a_queue_may_be_named_by_those_who_may_work_on_it(session: Session) -> None:
    policies.append(session, POLICY)
    open_item(session, probability=0.6)
    anime = open_item(session, domain="anime", probability=0.4)
    reviewers.describe(session, Profile(name="mika", skills=("anime",)))

    assert refused(lambda: claim_next(session, "ann", queue="anime")) is Reason.NOT_QUALIFIED
    assert refused(lambda: claim_next(session, "ann", queue="nowhere")) is Reason.NOT_QUALIFIED
    assert refused(lambda: desk.claim(session, anime, "ann", lease_seconds=60)) is Reason.NOT_QUALIFIED
    assert claim_next(session, "mika", queue="anime").id == anime


def test_an_item_goes_to_those_who_read_its_language(session: Session) -> None:
    japanese = open_item(session)
    session.execute(update(ReviewItem).where(ReviewItem.id == japanese).values(language="ja"))
    reviewers.describe(session, Profile(name="ann", languages=("en", "fr")))
    reviewers.describe(session, Profile(name="mika", languages=("ja",)))

    assert refused(lambda: claim_next(session, "ann")) is Reason.QUEUE_EMPTY
    assert claim_next(session, "mika").id == japanese


def test_an_item_without_a_language_and_a_reviewer_without_stated_ones_keep_nobody_out(
    session: Session,
) -> None:
    plain, japanese = open_item(session), open_item(session)
    session.execute(update(ReviewItem).where(ReviewItem.id == japanese).values(language="ja"))
    reviewers.describe(session, Profile(name="ann", languages=("en",)))

    assert claim_next(session, "ann").id == plain
    assert claim_next(session, "somebody").id == japanese


def test_a_new_policy_moves_what_waits_also_what_is_claimed(
    own_sessions: sessionmaker[Session],
) -> None:
    with own_sessions.begin() as session:
        waiting = [open_item(session, domain="anime") for _ in range(3)]
        claim_next(session, "ann")
        number = policies.append(session, POLICY)
    upkeep = Upkeep(own_sessions, batch=2, undo_seconds=60)

    assert upkeep.round()
    assert not upkeep.round()

    with own_sessions() as session:
        placed = [session.get_one(ReviewItem, item) for item in waiting]
        assert {(item.queue, item.routed_by) for item in placed} == {("anime", number)}


def test_a_policy_of_a_later_version_leaves_items_where_they_are(
    own_sessions: sessionmaker[Session], caplog: pytest.LogCaptureFixture
) -> None:
    with own_sessions.begin() as session:
        policies.append(session, {"telepathy": True})
    upkeep = Upkeep(own_sessions, batch=10, undo_seconds=60)

    assert not upkeep.round()
    assert not upkeep.round()

    assert [record.message for record in caplog.records] == ["policy_invalid"]


def test_what_the_platform_reports_comes_first(session: Session) -> None:
    first, second = (file_uncertain(session, "uploads", f"{new_id()}.png") for _ in range(2))
    place_new(session, policy_in_force(session))
    assert [item.id for item in items.list_items(session)] == [first.item, second.item]

    with_key = items.get(session, second.item)
    assert with_key is not None
    given = Signals(reach=10_000, reports=3, language="ja")
    assert signals.note(session, "uploads", with_key.key or "", given) == [second.item]

    listed = items.list_items(session)
    assert [item.id for item in listed] == [second.item, first.item]
    assert (listed[0].reach, listed[0].reports, listed[0].language) == (10_000, 3, "ja")


def test_signals_that_say_nothing_or_of_nothing_are_refused(session: Session) -> None:
    assert refused(lambda: signals.note(session, "uploads", "a", Signals())) is Reason.BAD_REQUEST
    assert refused(lambda: signals.note(session, "uploads", "a", Signals(reach=1))) is Reason.NOT_FOUND


def test_an_appeal_counts_once_for_each_who_appeals(session: Session) -> None:
    filed = file_uncertain(session, "uploads", "appealed.png")
    for who in ("artist", "artist", "friend"):
        signals.note(session, "uploads", "appealed.png", Signals(appealed_by=who))

    assert session.get_one(ReviewItem, filed.item).appealed_by == ["artist", "friend"]
