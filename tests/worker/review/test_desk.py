"""The moderators' desk on real PostgreSQL."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from db.models import Decision, HumanLabel, ItemState, Message, MessageKind, VerdictLabel
from detector.reasons import Reason, Rejected
from tests.worker.filing import Filed
from tests.worker.review.conftest import refused
from worker.clock import new_id
from worker.review import deciding, desk

LEASE = 600.0
OpenItems = Callable[[int], list[Filed]]
Sessions = sessionmaker[Session]


def claim(sessions: Sessions, item: UUID, who: str) -> int:
    """Claim an item and give the lease number."""
    with sessions.begin() as session:
        return desk.claim(session, item, who, lease_seconds=LEASE).lease_number


def decide(
    sessions: Sessions, item: UUID, who: str, lease: int, label: HumanLabel = HumanLabel.GENUINE
) -> None:
    """Decide an item."""
    with sessions.begin() as session:
        deciding.decide(session, item, who, lease, label=label, note="seen", undo_seconds=60)


def let_lease_run_out(sessions: Sessions, item: UUID) -> None:
    """Put the lease's end into the past."""
    with sessions.begin() as session:
        session.execute(
            text("UPDATE review_items SET lease_until = now() - interval '1 s' WHERE id = :id"), {"id": item}
        )


def test_a_crowd_of_moderators_never_gets_one_item_twice(sessions: Sessions, open_items: OpenItems) -> None:
    """Eight people who claim at once empty the queue, each item to one of them."""
    made = {filed.item for filed in open_items(40)}
    start = threading.Barrier(8)

    def work(who: str) -> list[UUID]:
        start.wait()
        taken = []
        with contextlib.suppress(Rejected):
            while True:
                with sessions.begin() as session:
                    taken.append(desk.claim_next(session, who, lease_seconds=LEASE).id)
        return taken

    with ThreadPoolExecutor(8) as crowd:
        taken = [item for items in crowd.map(work, [f"moderator {n}" for n in range(8)]) for item in items]
    assert len(taken) == len(set(taken))
    assert made <= set(taken)


def test_of_two_who_claim_an_item_at_once_one_gets_it(sessions: Sessions, open_items: OpenItems) -> None:
    """One gets it, the other is told that it is taken."""
    item = open_items(1)[0].item
    start = threading.Barrier(2)

    def work(who: str) -> str:
        start.wait()
        try:
            claim(sessions, item, who)
        except Rejected as error:
            return str(error.reason)
        return "taken"

    with ThreadPoolExecutor(2) as pair:
        assert sorted(pair.map(work, ["ann", "bo"])) == [Reason.ALREADY_CLAIMED, "taken"]


def test_an_outdated_lease_number_decides_nothing(sessions: Sessions, open_items: OpenItems) -> None:
    """Who was away too long can't write over the work of a colleague who took over."""
    item = open_items(1)[0].item
    old = claim(sessions, item, "ann")
    let_lease_run_out(sessions, item)
    new = claim(sessions, item, "bo")
    assert new > old
    assert refused(lambda: decide(sessions, item, "ann", old)) is Reason.LEASE_LOST
    assert refused(lambda: decide(sessions, item, "ann", new)) is Reason.LEASE_LOST
    decide(sessions, item, "bo", new, HumanLabel.CANNOT_TELL)
    with sessions() as session:
        decisions = session.scalars(select(Decision).where(Decision.item_id == item)).all()
    assert [(decision.moderator, decision.label) for decision in decisions] == [
        ("bo", HumanLabel.CANNOT_TELL)
    ]


def test_a_lapsed_lease_still_decides_where_nobody_took_over(
    sessions: Sessions, open_items: OpenItems
) -> None:
    """The work is done: refusing it would only have it done again."""
    item = open_items(1)[0].item
    lease = claim(sessions, item, "ann")
    let_lease_run_out(sessions, item)
    decide(sessions, item, "ann", lease)
    with sessions() as session:
        assert desk.look(session, item).item.state is ItemState.DECIDED


def test_the_same_decision_twice_is_one(sessions: Sessions, open_items: OpenItems) -> None:
    """An answer that was lost on the way can be asked for again; another decision can't be made."""
    item = open_items(1)[0].item
    lease = claim(sessions, item, "ann")
    decide(sessions, item, "ann", lease)
    decide(sessions, item, "ann", lease)
    other = refused(lambda: decide(sessions, item, "ann", lease, HumanLabel.SYNTHETIC))
    assert other is Reason.ALREADY_DECIDED
    with sessions() as session:
        assert len(session.scalars(select(Decision).where(Decision.item_id == item)).all()) == 1


def test_a_decision_is_told_to_the_platform_without_the_moderators_name(
    sessions: Sessions, open_items: OpenItems
) -> None:
    """The outbox row stands in the decision's own transaction."""
    filed = open_items(1)[0]
    lease = claim(sessions, filed.item, "ann lee")
    decide(sessions, filed.item, "ann lee", lease, HumanLabel.CANNOT_TELL)
    with sessions() as session:
        messages = session.scalars(select(Message).where(Message.kind == MessageKind.DECISION)).all()
    mine = [message for message in messages if str(filed.item) in str(message.payload)]
    assert len(mine) == 1
    assert "CANNOT_TELL" in str(mine[0].payload)
    assert "ann lee" not in str(mine[0].payload)


def test_a_released_item_goes_to_the_next_and_its_old_number_is_dead(
    sessions: Sessions, open_items: OpenItems
) -> None:
    """Releasing gives it back for anyone, at once."""
    item = open_items(1)[0].item
    lease = claim(sessions, item, "ann")
    with sessions.begin() as session:
        assert desk.release(session, item, "ann", lease).state is ItemState.OPEN
    assert refused(lambda: decide(sessions, item, "ann", lease)) is Reason.LEASE_LOST
    assert claim(sessions, item, "bo") == lease + 1


def test_a_renewed_lease_ends_later_and_only_its_holder_renews(
    sessions: Sessions, open_items: OpenItems
) -> None:
    """A heartbeat keeps the item; a stranger's does not."""
    item = open_items(1)[0].item
    lease = claim(sessions, item, "ann")
    with sessions() as session:
        before = desk.look(session, item).item.lease_until
    with sessions.begin() as session:
        after = desk.renew(session, item, "ann", lease, lease_seconds=2 * LEASE).lease_until
    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() > LEASE / 2
    with sessions.begin() as session, pytest.raises(Rejected):
        desk.renew(session, item, "bo", lease, lease_seconds=LEASE)


def test_a_case_holds_the_evidence(sessions: Sessions, open_items: OpenItems) -> None:
    """Picture, verdict and event of the item, not of another one."""
    filed = open_items(1)[0]
    with sessions() as session:
        case = desk.look(session, filed.item)
    assert case.verdict is not None
    assert case.image is not None
    assert case.event is not None
    assert (case.verdict.id, case.image.id, case.event.id) == (filed.verdict, filed.image, filed.event)
    assert case.verdict.label_before_veto is VerdictLabel.SYNTHETIC


def test_an_unknown_item_is_not_found(sessions: Sessions) -> None:
    """An id that was never given."""
    assert refused(lambda: claim(sessions, new_id(), "ann")) is Reason.NOT_FOUND
